//! Who and what is in the workspace when it opens: people, channels, a group, and the secrets of the app.

use crate::state::{Channel, Group, Person, State};

/// Id of the workspace.
pub const TEAM: &str = "T0SANDBOX1";
/// Sub-domain of the workspace.
pub const DOMAIN: &str = "sima-sandbox";
/// Id of the app under test.
pub const APP: &str = "A0SIMAAPP1";
/// User id of the app's bot.
pub const BOT_USER: &str = "U0SIMABOT1";
/// Bot id of the app's bot.
pub const BOT: &str = "B0SIMABOT1";
/// The bot token the app must present.
pub const BOT_TOKEN: &str = "xoxb-sandbox-0001-sima";
/// The app-level token, good for `apps.connections.open` only.
pub const APP_TOKEN: &str = "xapp-sandbox-0001-sima";
/// The secret every delivery to the app is signed with.
pub const SIGNING_SECRET: &str = "5a11db0c5a11db0c5a11db0c5a11db0c";
/// Events key of the default PagerDuty service.
pub const ROUTING_KEY: &str = "5a11db0c0123456789abcdef01234567";
/// Key of the PagerDuty REST API.
pub const PAGERDUTY_TOKEN: &str = "pd-sandbox-token";
/// Secret of the Notion connection.
pub const NOTION_TOKEN: &str = "ntn_sandbox_0001";
/// Key of the Statuspage API.
pub const STATUSPAGE_TOKEN: &str = "sp-sandbox-token";
/// Id of the status page.
pub const STATUSPAGE_PAGE: &str = "5a11db0c0001";
/// Ids of the page's components.
pub const STATUSPAGE_COMPONENTS: [&str; 2] = ["checkout0001", "email0000002"];
/// Secret of the program that is told by webhooks.
pub const WEBHOOK_SECRET: &str = "whsec_c2FuZGJveC1zaWdudGVkLXdlYmhvb2tzLTAwMDE=";
/// Id of the Notion database for post-mortems.
pub const NOTION_DATABASE: &str = "5a11db0c-0000-4000-8000-000000000001";
/// Id of that database's only data source.
pub const NOTION_DATA_SOURCE: &str = "5a11db0c-0000-4000-8000-000000000002";

/// Bot scopes the app is granted at the start.
pub(crate) const SCOPES: &[&str] = &[
    "commands",
    "chat:write",
    "chat:write.public",
    "channels:manage",
    "channels:read",
    "channels:join",
    "channels:history",
    "groups:read",
    "groups:write",
    "groups:history",
    "im:write",
    "im:read",
    "im:history",
    "mpim:write",
    "mpim:read",
    "mpim:history",
    "pins:read",
    "pins:write",
    "bookmarks:read",
    "bookmarks:write",
    "reactions:read",
    "reactions:write",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "team:read",
    "app_mentions:read",
    "metadata.message:read",
];

/// Event types the app has subscribed to.
pub(crate) const SUBSCRIBED: &[&str] = &[
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "tokens_revoked",
    "member_joined_channel",
    "member_left_channel",
    "message",
    "channel_archive",
    "channel_unarchive",
    "channel_rename",
    "channel_deleted",
    "channel_id_changed",
    "group_archive",
    "group_unarchive",
    "group_rename",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "team_join",
    "user_change",
];

/// Fills an empty workspace.
pub(crate) fn enters(state: &mut State) {
    let paris = ("Europe/Paris", 7200);
    let cast = [
        ("U0INES0001", "ines", "Inès Aubert", "Customer care", paris),
        ("U0MALIK001", "malik", "Malik Diop", "Engineer, on call", paris),
        ("U0NOUR0001", "nour", "Nour Haddad", "Engineering manager", ("Europe/Berlin", 7200)),
        ("U0THEO0001", "theo", "Théo Marchand", "Communication", paris),
        ("U0LEA00001", "lea", "Léa Fontaine", "Head of customer care", ("Europe/Lisbon", 3600)),
        ("U0SAM00001", "sam", "Sam Carter", "Account manager", ("America/New_York", -14400)),
        ("U0PAUL0001", "paul", "Paul Moreau", "Left the company", paris),
        ("U0GWEN0001", "gwen", "Gwen Roux", "Guest, agency", ("Asia/Tokyo", 32400)),
        (BOT_USER, "sima", "SIMA", "Incident management", ("America/Los_Angeles", -25200)),
        ("USLACKBOT", "slackbot", "Slackbot", "", ("America/Los_Angeles", -25200)),
    ];
    for (id, name, real_name, title, (tz, tz_offset)) in cast {
        let mut person = Person::new(id, name, real_name, title);
        tz.clone_into(&mut person.tz);
        person.tz_offset = tz_offset;
        person.is_bot = id == BOT_USER;
        person.deleted = name == "paul";
        person.is_ultra_restricted = name == "gwen";
        person.is_restricted = name == "gwen";
        person.is_admin = name == "nour";
        if person.is_bot || name == "slackbot" {
            person.email = None;
        }
        state.people.push(person);
    }
    let everyone = ["ines", "malik", "nour", "theo", "lea", "sam"];
    let rooms: [(&str, &str, &str, &[&str]); 5] = [
        ("C0GENERAL1", "general", "Company-wide talk", &everyone),
        ("C0PRODISSU", "production-issues-bot", "Every incident, one message each", &everyone),
        ("C0PAYMENTS", "payments", "The payments team", &["malik", "nour"]),
        ("C0CUSTCARE", "customer-care", "What customers tell us", &["ines", "lea", "theo"]),
        ("C0RANDOM01", "random", "Anything else", &["ines", "malik", "nour", "sam"]),
    ];
    for (id, name, purpose, members) in rooms {
        let creator = state.person("nour").map(|nour| nour.id.clone()).unwrap_or_default();
        let mut channel = Channel::new(id, name, false, &creator, state.clock.seconds());
        purpose.clone_into(&mut channel.purpose);
        channel.is_general = name == "general";
        channel.members = members
            .iter()
            .filter_map(|name| state.person(name).map(|person| person.id.clone()))
            .collect();
        // As a set-up guide would have it: the app sits in the one channel it broadcasts to.
        if name == "production-issues-bot" {
            channel.members.push(BOT_USER.to_owned());
        }
        state.channels.push(channel);
    }
    state.groups.push(Group {
        id: "S0ONCALL01".to_owned(),
        name: "Platform on call".to_owned(),
        handle: "platform-oncall".to_owned(),
        description: "Whoever keeps the platform running this week".to_owned(),
        users: vec!["U0MALIK001".to_owned(), "U0NOUR0001".to_owned()],
        disabled: false,
    });
}

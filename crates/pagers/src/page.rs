//! The page as the on-call person reads it, whatever pager it goes to.

use sima_incident::{Attempt, Impact, PageCause};

/// The longest text of the details, in characters: GoAlert takes 6 KiB.
const MAX_DETAILS: usize = 1400;

/// What a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// One line: how bad, and what is broken.
    pub title: String,
    /// More about it, in lines; empty of a private incident.
    pub details: String,
    /// Where to go: its channel if there is one.
    pub link: String,
    /// The incident in SIMA.
    pub short_link: String,
    /// How bad, from 1.
    pub level: u8,
    /// The incident, as people say it.
    pub number: String,
}

/// Renders a page. `team` is the chat's id of the workspace, once known.
pub(crate) fn page(attempt: &Attempt<'_>, team: Option<&str>, cause: Option<PageCause>) -> Page {
    let (incident, policy) = (attempt.incident, attempt.policy);
    let short_link = format!("{}/i/{}", policy.public_url, incident.number);
    let mut page = Page {
        title: format!("Private incident {}", incident.number),
        details: String::new(),
        link: short_link.clone(),
        short_link,
        level: incident.severity.level(),
        number: incident.number.to_string(),
    };
    if incident.is_private() {
        // A page can be read by everybody on the pager's account, and on lock screens.
        return page;
    }
    let before = cause.map(PageCause::in_words).unwrap_or_default();
    page.title = format!("[{}] {before}{}", incident.severity, incident.summary);
    if let Some(channel) = &incident.channel {
        let team = team.map(|team| format!("&team={team}")).unwrap_or_default();
        page.link = format!("https://slack.com/app_redirect?channel={}{team}", channel.id);
    }
    let impact = match incident.impact {
        Impact::Unknown => "unknown".to_owned(),
        Impact::Clients(1) => "1 client".to_owned(),
        Impact::Clients(count) => format!("{count} clients"),
    };
    let mut lines = vec![
        format!("{} · impact {impact}", policy.domain_name(&incident.domain)),
        format!("Opened at {:.0}", incident.times.opened_at),
    ];
    if let Some(PageCause::Escalated { call }) = cause
        && let Some(escalation) = incident.escalation(call)
    {
        lines.push(format!("Why you: {}", escalation.reason));
    }
    lines.extend(incident.description.clone());
    page.details = cut(&lines.join("\n"), MAX_DETAILS);
    page
}

/// Text of at most `longest` characters, an ellipsis in place of what is cut.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    if text.chars().nth(longest).is_none() {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

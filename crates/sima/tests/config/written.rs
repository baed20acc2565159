//! What works: the committed example, defaults, and variables of every kind.

use std::path::Path;

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use sima::config::read;
use sima_incident::Severity;

use crate::{configured, source};

#[test]
fn the_committed_example_needs_two_secrets_and_nothing_else() {
    let example = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../sima.example.toml"));
    let config = read(&source(example, &[])).unwrap_or_else(|fault| panic!("{fault}"));
    let missing: Vec<String> = config.missing().into_iter().map(|fault| fault.setting).collect();
    assert_eq!(missing, ["slack.bot_token", "slack.signing_secret"]);

    let secrets = [("SIMA_SLACK__BOT_TOKEN", "xoxb-1"), ("SIMA_SLACK__SIGNING_SECRET", "abc")];
    let config = read(&source(example, &secrets)).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(config.missing(), []);
    let policy = config.policy().unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(policy.domains.len(), 3);
    assert_eq!(policy.severities.len(), 4);
    assert_eq!(policy.stability_window, SignedDuration::from_mins(15));
}

/// With Socket Mode nothing signs, but the sockets need a token of their own.
#[test]
fn socket_mode_needs_an_app_token_instead_of_a_signing_secret() {
    let socket = ("SIMA_SLACK__MODE", "socket");
    let config = configured("", &[socket]).expect("nothing is wrong");
    let missing = config.missing();
    let settings: Vec<&str> = missing.iter().map(|fault| fault.setting.as_str()).collect();
    assert_eq!(settings, ["slack.bot_token", "slack.app_token"]);
    let repair = &missing[1].repair;
    assert!(repair.contains("SIMA_SLACK__APP_TOKEN") && repair.contains("connections:write"));

    let token = ("SIMA_SLACK__APP_TOKEN", "xapp-1");
    let remarks = |variables: &[(&str, &str)]| {
        configured("", variables).expect("nothing is wrong").remarks().join("\n")
    };
    assert!(remarks(&[token]).contains("slack.mode = \"socket\""));
    assert!(!remarks(&[token, socket]).contains("slack.app_token"));
}

#[test]
fn without_a_file_the_defaults_are_a_whole_configuration() {
    let policy = configured("", &[]).expect("nothing is wrong").policy().expect("nor together");
    assert_eq!(policy.default_severity, Severity::new(3).unwrap());
    assert_eq!(policy.default_domain.0, "global");
    assert!(!policy.connected.chat && !policy.connected.pager && !policy.connected.pages);
    assert!(policy.connected.broadcast);
}

#[test]
fn a_variable_wins_over_the_file() {
    let file = "[http]\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://a.example\"\n";
    let config = configured(file, &[("SIMA_HTTP__LISTEN", "127.0.0.1:2")]).expect("good");
    assert_eq!(config.http.listen.port(), 2);
    assert_eq!(config.public_url(), "https://a.example", "what it does not name stays");
}

/// Secrets are text whatever they look like: TOML would read these as something else.
#[test]
fn secrets_in_variables_are_text_whatever_they_look_like() {
    for secret in [
        "1234567890",
        "0123",
        "true",
        "1e5",
        "[a]",
        "{}",
        "2026-01-01",
        "\"quoted\"",
        "a\nb",
        "ntn_é",
    ] {
        let variables = [
            ("SIMA_SLACK__BOT_TOKEN", secret),
            ("SIMA_SLACK__SIGNING_SECRET", secret),
            ("SIMA_PAGERDUTY__ROUTING_KEY", secret),
            ("SIMA_NOTION__TOKEN", secret),
            ("SIMA_NOTION__DATABASE_ID", secret),
            ("SIMA_ALERTS__TOKEN", secret),
            ("SIMA_DASHBOARD__PASSWORD", secret),
        ];
        let config = configured("", &variables).unwrap_or_else(|fault| panic!("{fault}"));
        for kept in [
            &config.slack.bot_token,
            &config.slack.signing_secret,
            &config.pagerduty.routing_key,
            &config.notion.token,
            &config.alerts.token,
            &config.dashboard.password,
        ] {
            assert_eq!(kept.expose_secret(), secret);
        }
        assert_eq!(config.notion.database_id, secret);
        let shown = format!("{config:?}");
        assert!(!shown.contains("bot_token: \"") && !shown.contains("password: \""), "{shown}");
    }
}

#[test]
fn variables_take_every_kind_of_value() {
    let config = configured(
        "",
        &[
            ("SIMA_DASHBOARD__OPEN_TO_ALL", "true"),
            ("SIMA_DEFAULTS__SEVERITY", "2"),
            ("SIMA_RECOVERY__STABILITY_WINDOW", "90s"),
            ("SIMA_WORKSPACE__TIME_ZONE", "Europe/Paris"),
            ("SIMA_BROADCAST__CHANNEL", ""),
            (
                "SIMA_DOMAINS",
                r#"[{ key = "api", name = "API", stakeholders = ["U1", "a@b.example"] },
                    { key = "web", name = "Web" }]"#,
            ),
            ("SIMA_CONFIG", "elsewhere.toml"),
            ("SIMA_LOG", "debug"),
        ],
    )
    .unwrap_or_else(|fault| panic!("{fault}"));
    assert!(config.dashboard.open_to_all);
    let policy = config.policy().unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(policy.default_severity, Severity::new(2).unwrap());
    assert_eq!(policy.stability_window, SignedDuration::from_secs(90));
    assert!(!policy.connected.broadcast);
    assert_eq!(policy.domains.len(), 2);
    assert_eq!(policy.domains[0].stakeholders, ["U1", "a@b.example"]);
}

#[test]
fn durations_are_written_as_people_write_them() {
    for (written, seconds) in [
        ("15m", 900),
        ("90s", 90),
        ("1h", 3600),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("PT15M", 900),
        ("0s", 0),
    ] {
        let text = format!("[recovery]\nstability_window = \"{written}\"\n");
        let config = configured(&text, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(
            config.recovery.stability_window,
            SignedDuration::from_secs(seconds),
            "{written}"
        );
        let variable = [("SIMA_RECOVERY__STABILITY_WINDOW", written)];
        let config = configured("", &variable).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(
            config.recovery.stability_window,
            SignedDuration::from_secs(seconds),
            "{written}"
        );
    }
}

/// A rule that proposes asks in the domain's own channel, or in the one for all.
#[test]
fn people_are_asked_in_the_channel_of_the_domain_or_in_the_one_for_all() {
    let file = "
        [alerts]
        proposals_channel = \"#monitors\"
        [[alerts.rules]]
        then = \"propose\"
        [[domains]]
        key = \"api\"
        name = \"API\"
        channel = \"api-team\"
        [[domains]]
        key = \"email\"
        name = \"E-mail\"
    ";
    let policy =
        configured(file, &[]).expect("good").policy().unwrap_or_else(|fault| panic!("{fault}"));
    let channels: Vec<_> = policy.domains.iter().map(|domain| domain.channel.as_deref()).collect();
    assert_eq!(channels, [Some("api-team"), Some("monitors")]);
    let policy = configured("", &[]).expect("good").policy().expect("together");
    assert_eq!(policy.domains[0].channel, None);
}

//! Mistakes: each is told with its place, its setting and what to do, and never with its value.

use sima::config::{Source, read};

use crate::{configured, source};

/// What no message may ever show.
const SECRET: &str = "5up3r-s3cret";

#[test]
fn a_mistake_in_the_file_is_told_with_its_line_and_column() {
    for (text, place, setting, says) in [
        ("[http]\nlisten = \"127.0.0.1:80\"\nport = 9\n", ":3:1", "http.port", "unknown"),
        ("[workspace]\n\n[htpp]\nlisten = \"127.0.0.1:80\"\n", ":3:2", "htpp", "unknown"),
        ("[http]\nlisten = 8080\n", ":2:1", "http.listen", "expected"),
        ("[http]\nlisten = \"5up3r-s3cret\"\n", ":2:1", "http.listen", "address"),
        ("[workspace]\ntime_zone = \"Paris\"\n", ":2:1", "workspace.time_zone", "IANA"),
        ("[recovery]\nstability_window = \"soon\"\n", ":2:1", "recovery.stability_window", ""),
        ("[updates]\nremind_before = \"soon\"\n", ":2:1", "updates.remind_before", ""),
        ("[recovery]\nstability_window = 15\n", ":2:1", "recovery.stability_window", "expected"),
        ("[timeline]\nemoji = 5\n", ":2:1", "timeline.emoji", "expected"),
        ("[slack]\nmode = \"pigeon\"\n", ":2:1", "slack.mode", "socket"),
        ("[dashboard]\nopen_to_all = \"yes\"\n", ":2:1", "dashboard.open_to_all", "boolean"),
        ("[defaults]\nseverity = 300\n", ":2:1", "defaults.severity", ""),
        ("[[domains]]\nkey = \"api\"\n", ":1:", "domains[0]", "name"),
        (
            "[[domains]]\nkey = \"api\"\nname = \"API\"\n\n[[domains]]\nkey = \"web\"\nname = 7\n",
            ":7:1",
            "domains[1].name",
            "string",
        ),
        ("[pagers.night]\nkind = \"pigeon\"\n", ":2:1", "pagers.night.kind", "goalert"),
        (
            "[[alerts.rules]]\nsource = \"alertmanager\"\nthen = \"panic\"\n",
            ":3:1",
            "alerts.rules[0].then",
            "ignore",
        ),
        (
            "[[alerts.rules]]\nname = \"disk\"\ntitle = \"/[a-/\"\n",
            ":3:1",
            "alerts.rules[0].title",
            "no regular expression",
        ),
        ("slack = 5\n", ":1:1", "slack", "expected"),
    ] {
        let fault = configured(text, &[]).expect_err(text);
        let told = fault.to_string();
        let file = fault.place.rsplit('/').next().expect("a file's name");
        assert!(file.starts_with(&format!("sima.toml{place}")), "{text:?}: {told}");
        assert_eq!(fault.setting, setting, "{text:?}: {told}");
        assert!(fault.wrong.contains(says), "{text:?}: {told}");
        assert!(told.contains("what to do: ") && fault.repair.len() > 10, "{text:?}: {told}");
        assert!(!told.contains(SECRET), "{text:?}: {told}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_place() {
    for (text, place) in [
        ("[http\nlisten = 1\n", ":1:"),
        ("[http]\nlisten = \"127.0.0.1:80\n", ":2:"),
        ("[slack]\nbot_token = 5up3r-s3cret\n", ":2:"),
        ("[http]\nlisten = \"a\"\nlisten = \"b\"\n", ":3:1"),
        ("# é\n\u{0}", ":2:"),
    ] {
        let fault = configured(text, &[]).expect_err(text);
        let told = fault.to_string();
        assert!(fault.place.contains(&format!("sima.toml{place}")), "{text:?}: {told}");
        assert!(!told.contains(SECRET), "{text:?}: {told}");
        assert!(fault.repair.contains("sima.example.toml"), "{text:?}: {told}");
    }
}

#[test]
fn a_mistake_in_a_variable_is_told_by_its_name() {
    let file = "[http]\nlisten = \"127.0.0.1:8080\"\n";
    for (variable, value, setting, says) in [
        ("SIMA_HTTP__LISTEN", "nonsense", "http.listen", "address"),
        ("SIMA_HTTP__LISTEN", SECRET, "http.listen", "address"),
        ("SIMA_HTTP__LISTEN", "8080", "http.listen", ""),
        ("SIMA_NO_SUCH__KEY", "1", "no_such.key", "unknown"),
        ("SIMA_HTTP__PORT", "1", "http.port", "unknown"),
        ("SIMA_HTTP_LISTEN", "127.0.0.1:80", "http_listen", "unknown"),
        ("SIMA_HTTP__LISTEN__PORT", "1", "http.listen.port", "no settings below"),
        ("SIMA_HTTP", "127.0.0.1:80", "http", "expected"),
        ("SIMA_DASHBOARD__OPEN_TO_ALL", "maybe", "dashboard.open_to_all", "boolean"),
        ("SIMA_RECOVERY__STABILITY_WINDOW", "soon", "recovery.stability_window", ""),
        ("SIMA_WORKSPACE__TIME_ZONE", "Atlantis", "workspace.time_zone", "IANA"),
        ("SIMA_DEFAULTS__SEVERITY", "worst", "defaults.severity", ""),
        ("SIMA_DOMAINS", "5up3r-s3cret", "domains", "expected"),
        ("SIMA_DOMAINS", "[{ key = \"api\" }]", "domains", "name"),
    ] {
        let fault = configured(file, &[(variable, value)]).expect_err(variable);
        let told = fault.to_string();
        assert_eq!(fault.place, variable, "{value:?}: {told}");
        assert_eq!(fault.setting, setting, "{value:?}: {told}");
        assert!(fault.wrong.contains(says), "{variable}={value}: {told}");
        assert!(fault.repair.len() > 10, "{variable}={value}: {told}");
        assert!(!told.contains(SECRET), "{variable}={value}: {told}");
    }
}

#[test]
fn a_secret_of_the_wrong_kind_is_not_shown() {
    for text in [
        "[slack]\nbot_token = [\"5up3r-s3cret\"]\n",
        "[slack]\nsigning_secret = { value = \"5up3r-s3cret\" }\n",
        "[pagerduty]\nrouting_key = 90071992547\n",
        "[notion]\ntoken = 9007199254.25\n",
        "[[domains]]\nkey = \"api\"\nname = \"API\"\nrouting_key = 90071992547\n",
        "[database]\nurl = 90071992547\n",
        "[slack]\nbot_token = \"5up3r-s3cret\"\nbot-token = \"5up3r-s3cret\"\n",
    ] {
        let told = configured(text, &[]).expect_err(text).to_string();
        for secret in [SECRET, "90071992547", "9007199254"] {
            assert!(!told.contains(secret), "{text:?}: {told}");
        }
    }
}

#[test]
fn settings_that_do_not_fit_together_are_told() {
    let domain = "[[domains]]\nkey = \"api\"\nname = \"API\"\n";
    let notion = "[notion]\ntoken = \"t\"\ndatabase_id = \"d\"\n";
    for (text, place, setting, says) in [
        (format!("\n{domain}{domain}"), ":2:", "domains.key", "twice"),
        ("[[domains]]\nkey = \"Our API\"\nname = \"API\"\n".into(), ":1:", "domains.key", "no key"),
        ("domains = []\n".into(), ":1:1", "domains", "none"),
        ("severities = []\n".into(), ":1:1", "severities", "none"),
        (format!("{domain}[defaults]\ndomain = \"web\"\n"), ":5:1", "defaults.domain", "web"),
        ("[defaults]\nseverity = 7\n".into(), ":2:1", "defaults.severity", "7"),
        (
            "[recovery]\nstability_window = \"-5m\"\n".into(),
            ":2:1",
            "recovery.stability_window",
            "negative",
        ),
        ("[timeline]\nemoji = \"📌\"\n".into(), ":2:1", "timeline.emoji", "name of an emoji"),
        (
            "[timeline]\ntaken_emoji = \":pushpin:\"\n".into(),
            ":2:1",
            "timeline.taken_emoji",
            "same",
        ),
        (
            "\n[[alerts.rules]]\nsource = \"nagios3000\"\n".into(),
            ":2:",
            "alerts.rules",
            "nagios3000",
        ),
        (format!("{domain}[[alerts.rules]]\ndomain = \"web\"\n"), ":4:", "alerts.rules", "web"),
        (
            format!("{domain}[[alerts.rules]]\nthen = \"propose\"\n"),
            ":4:",
            "alerts.rules",
            "no channel to ask in for api: set channel of the domain, or alerts.proposals_channel",
        ),
        (
            "[[alerts.rules]]\nthen = \"propose\"\nprivate = true\n".into(),
            ":1:",
            "alerts.rules",
            "then = \"open\"",
        ),
        (
            "[workspace]\nslash_command = \"incident\"\n".into(),
            ":2:1",
            "workspace.slash_command",
            "no such command",
        ),
        (
            "[workspace]\nslash_command = \"/Incident now\"\n".into(),
            ":2:1",
            "workspace.slash_command",
            "no such command",
        ),
        ("[slack]\nconnections = 11\n".into(), ":2:1", "slack.connections", "so many"),
        ("[slack]\nconnections = 0\n".into(), ":2:1", "slack.connections", "so few"),
        ("[alerts]\nstorm_after = 0\n".into(), ":2:1", "alerts.storm_after", "nothing"),
        ("[alerts]\nkeep = \"3h\"\n".into(), ":2:1", "alerts.keep", "a day"),
        ("[database]\nkeep_done = \"6d\"\n".into(), ":2:1", "database.keep_done", "a week"),
        (
            "[slack]\nbase_url = \"http://slack.com/api/\"\n".into(),
            ":2:1",
            "slack.base_url",
            "plain http",
        ),
        (
            "[pagerduty]\nevents_url = \"http://127.0.0.1.evil.test\"\nrouting_key = \"k\"\n"
                .into(),
            ":2:1",
            "pagerduty.events_url",
            "plain http",
        ),
        (
            "[pagerduty]\nfrom = \"nour\"\n".into(),
            ":2:1",
            "pagerduty.from",
            "no e-mail address",
        ),
        (
            format!("{domain}pager = \"night\"\n"),
            ":1:",
            "domains.pager",
            "known are pagerduty",
        ),
        (
            "[pagers.night]\nkind = \"goalert\"\nurl = \"http://goalert.test\"\nsecret = \"x\"\n"
                .into(),
            ":3:1",
            "pagers.night.url",
            "plain http",
        ),
        (
            "[pagers.night]\nkind = \"jsm\"\n".into(),
            ":1:",
            "pagers.night.secret",
            "missing",
        ),
        (
            "[pagers.night]\nkind = \"webhook\"\nurl = \"https://a.test\"\nsecret = \"5up3r-s3cret\"\n"
                .into(),
            ":4:1",
            "pagers.night.secret",
            "whsec_",
        ),
        (
            "[pagers.pagerduty]\nkind = \"jsm\"\nsecret = \"x\"\n".into(),
            ":1:",
            "pagers.pagerduty",
            "settings of its own",
        ),
        (
            "[slack]\nbase_url = \"http://127.0.0.1:x@evil.test/api/\"\n".into(),
            ":2:1",
            "slack.base_url",
            "plain http",
        ),
        (format!("{notion}base_url = \"notion\"\n"), ":4:1", "notion.base_url", "no URL"),
        (format!("{notion}version = \"2020-01-01\"\n"), ":4:1", "notion.version", "version"),
        ("[http]\npublic_url = \"sima.test\"\n".into(), ":2:1", "http.public_url", "no URL"),
        ("[database]\nurl = \"mysql://db/sima\"\n".into(), ":2:1", "database.url", "scheme"),
        (
            "[[severities]]\nlevel = 0\nmeaning = \"x\"\nupdate_every = \"1h\"\n".into(),
            ":1:",
            "severities.level",
            "1 to 9",
        ),
    ] {
        let text: String = text;
        let fault = configured(&text, &[]).expect_err(&text);
        assert!(fault.place.contains(&format!("sima.toml{place}")), "{text}: {fault}");
        assert_eq!(fault.setting, setting, "{text}: {fault}");
        assert!(fault.wrong.contains(says), "{text}: {fault}");
    }
    let fault = configured(domain, &[("SIMA_DEFAULTS__DOMAIN", "web")]).expect_err("no domain web");
    assert_eq!(
        (fault.place.as_str(), fault.setting.as_str()),
        ("SIMA_DEFAULTS__DOMAIN", "defaults.domain")
    );
}

#[test]
fn a_file_that_is_not_there_is_told_unless_nobody_named_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = source(&folder.path().join("absent.toml"), &[]);
    let fault = read(&named).expect_err("somebody named it");
    assert!(fault.place.ends_with("absent.toml"), "{fault}");
    assert!(fault.repair.contains("--config"), "{fault}");
    read(&Source { named: false, ..named }).expect("nobody asked for it");
}

#[test]
fn what_is_missing_is_told_with_the_variable_that_sets_it() {
    let config = configured("", &[("SIMA_SLACK__BOT_TOKEN", "  ")]).expect("nothing is wrong");
    let missing = config.missing();
    let told: Vec<String> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("SIMA_SLACK__BOT_TOKEN"), "{told:?}");
    assert!(told[1].contains("SIMA_SLACK__SIGNING_SECRET"), "{told:?}");
    assert!(told.iter().all(|told| told.contains("the app's page")), "{told:?}");
}

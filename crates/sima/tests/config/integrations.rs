//! Who may send alerts, as people configure it: what works, and what each mistake is told with.

use secrecy::ExposeSecret as _;
use sima_alerts::Integrations;

use crate::configured;

/// A token that is long enough, and that no message may ever show.
const TOKEN: &str = "0123456789abcdef0123";

fn of(settings: &str) -> String {
    format!("[alerts]\ntoken = \"the general one\"\n\n[[alerts.integrations]]\n{settings}\n")
}

#[test]
fn an_integration_takes_the_place_of_the_source_it_is_named_for() {
    let text = of(&format!("name = \"grafana\"\nsource = \"grafana\"\nsecret = \"{TOKEN}\""))
        + &format!(
            "[[alerts.integrations]]\nname = \"own\"\nsource = \"generic\"\ntoken = \"{TOKEN}\"\n"
        );
    let config = configured(&text, &[]).unwrap_or_else(|fault| panic!("{fault}"));
    let all = Integrations::new(&config.alerts.integrations, &config.alerts.token);
    let names: Vec<&str> = all.names().collect();
    assert_eq!(names.len(), sima_alerts::sources().len() + 1, "{names:?}");
    let is_general = |name: &str| all.is_general(all.named(name).expect("it is there"));
    assert!(is_general("alertmanager") && !is_general("grafana") && !is_general("own"));
    assert!(all.named("nagios").is_none());

    let closed = Integrations::new(&config.alerts.integrations, &"".into());
    assert_eq!(closed.names().collect::<Vec<_>>(), ["grafana", "own"]);
}

#[test]
fn a_signature_without_a_time_is_remarked_on() {
    let remarks = |more: &str| {
        let of_grafana = "name = \"team\"\nsource = \"grafana\"\nsecret";
        let text = of(&format!("{of_grafana} = \"{TOKEN}\"\n{more}"));
        let config = configured(&text, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        let remarks = config.remarks().into_iter();
        remarks.filter(|remark| remark.contains("time_header")).collect::<Vec<_>>()
    };
    assert_eq!(remarks("time_header = \"X-Time\""), Vec::<String>::new());
    let told = remarks("");
    assert!(told.len() == 1 && told[0].contains("team") && !told[0].contains(TOKEN), "{told:?}");
}

/// The example as it is committed, with its marks taken off.
#[test]
fn the_integrations_of_the_committed_example_are_good() {
    let example = include_str!("../../../../sima.example.toml");
    let (_, rest) = example.split_once("# [[alerts.integrations]]").expect("an example");
    let block: Vec<&str> = rest
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches("# ").trim_start_matches('#'))
        .collect();
    let text = format!("[[alerts.integrations]]\n{}", block.join("\n").replace('…', TOKEN));
    let config = configured(&text, &[]).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    let names: Vec<&str> = config.alerts.integrations.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["team-grafana", "cloudwatch", "plant"]);
}

#[test]
fn a_secret_of_an_integration_may_come_from_a_variable() {
    let text = of("name = \"sentry\"\nsource = \"sentry\"");
    let variable = ("SIMA_ALERTS__INTEGRATIONS__0__SECRET", TOKEN);
    let config = configured(&text, &[variable]).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(config.alerts.integrations[0].secret.expose_secret(), TOKEN);
    assert!(!format!("{config:?}").contains(TOKEN));

    let place = ("SIMA_ALERTS__INTEGRATIONS__1__SECRET", TOKEN);
    let fault = configured(&text, &[place]).expect_err("there is one alone");
    assert_eq!(fault.place, place.0);
    assert!(fault.wrong.contains("has 1 items") && !fault.to_string().contains(TOKEN), "{fault}");
    let short = ("SIMA_ALERTS__INTEGRATIONS__0__SECRET", "short");
    let fault = configured(&text, &[short]).expect_err("it may be guessed");
    assert_eq!(
        (fault.place.as_str(), fault.setting.as_str()),
        (short.0, "alerts.integrations[0].secret")
    );
}

#[test]
fn a_mistake_in_an_integration_is_told_with_its_place_and_repair() {
    let token = format!("token = \"{TOKEN}\"");
    let generic = format!("name = \"own\"\nsource = \"generic\"\n{token}\n");
    for (settings, line, setting, says, repair) in [
        (
            format!("name = \"a\"\nsource = \"nagios\"\n{token}"),
            6,
            "source",
            "nagios",
            "alertmanager",
        ),
        (format!("name = \"A b\"\nsource = \"zabbix\"\n{token}"), 5, "name", "URL", "a-z"),
        (format!("source = \"zabbix\"\n{token}"), 4, "name", "URL", "a-z"),
        (
            format!("name = \"zabbix\"\nsource = \"grafana\"\n{token}"),
            5,
            "name",
            "another",
            "grafana-2",
        ),
        ("name = \"z\"\nsource = \"zabbix\"".to_owned(), 4, "token", "proves", "add token"),
        ("name = \"z\"\nsource = \"cloudwatch\"".to_owned(), 4, "token", "proves", "topics"),
        ("name = \"z\"\nsource = \"azure\"".to_owned(), 4, "token", "proves", "tenant"),
        (
            "name = \"z\"\nsource = \"zabbix\"\ntoken = \"short\"".to_owned(),
            7,
            "token",
            "guessed",
            "openssl",
        ),
        (
            "name = \"z\"\nsource = \"sentry\"\nsecret = \"short\"".to_owned(),
            7,
            "secret",
            "guessed",
            "openssl",
        ),
        (
            format!("name = \"z\"\nsource = \"zabbix\"\n{token}\ntopics = [\"arn:aws:sns:a:1:b\"]"),
            8,
            "topics",
            "SNS",
            "out",
        ),
        (
            "name = \"z\"\nsource = \"cloudwatch\"\ntopics = [\"alarms\"]".to_owned(),
            7,
            "topics",
            "ARN",
            "arn:aws:sns",
        ),
        (
            format!("name = \"z\"\nsource = \"grafana\"\n{token}\ntime_header = \"X\""),
            8,
            "time_header",
            "secret",
            "secret",
        ),
        (
            format!("name = \"z\"\nsource = \"zabbix\"\n{token}\ntenant = \"x\""),
            8,
            "tenant",
            "azure",
            "out",
        ),
        (
            "name = \"z\"\nsource = \"azure\"\ntenant = \"contoso\"\naudience = \"a\"".to_owned(),
            7,
            "tenant",
            "id",
            "directory",
        ),
        (
            "name = \"z\"\nsource = \"azure\"\ntenant = \"72f988bf-86f1-41af-91ab-2d7cd011db47\""
                .to_owned(),
            4,
            "audience",
            "missing",
            "api://",
        ),
        (
            format!("{generic}default_severity = \"SEV9\""),
            8,
            "default_severity",
            "not configured",
            "configured",
        ),
        (
            format!("{generic}severities = {{ bad = 8 }}"),
            8,
            "severities",
            "not configured",
            "configured",
        ),
        (format!("{generic}severities = {{ bad = \"awful\" }}"), 8, "severities", "", "correct"),
        (format!("{generic}fields = {{ key = \"/a\" }}"), 8, "fields", "title", "add title"),
        (format!("{generic}fields = {{ title = \"a\" }}"), 8, "fields.title", "pointer", "correct"),
        (
            format!("{generic}fields = {{ title = \"/a~2\" }}"),
            8,
            "fields.title",
            "pointer",
            "correct",
        ),
        (
            format!("{generic}fields = {{ title = \"/a\", hostname = \"/b\" }}"),
            8,
            "fields.hostname",
            "unknown",
            "name",
        ),
        (
            format!("name = \"z\"\nsource = \"zabbix\"\n{token}\nfields = {{ title = \"/a\" }}"),
            8,
            "fields",
            "own",
            "generic",
        ),
        (format!("{generic}user = \"x\""), 8, "user", "unknown", "name"),
        (
            format!("{generic}\n[[alerts.integrations]]\n{generic}"),
            10,
            "name",
            "twice",
            "of its own",
        ),
    ] {
        let text = of(&settings);
        let fault = configured(&text, &[]).expect_err(&settings);
        let told = fault.to_string();
        let place = format!("sima.toml:{line}:");
        assert!(fault.place.contains(&place), "{settings}\n{told}");
        let setting_told = fault.setting.rsplit_once("].").map_or("", |(_, last)| last);
        assert!(setting_told.starts_with(setting), "{settings}\n{told}");
        assert!(fault.wrong.contains(says), "{settings}\n{told}");
        assert!(fault.repair.contains(repair), "{settings}\n{told}");
        assert!(!told.contains(TOKEN), "{settings}\n{told}");
    }
}

//! What is said about one body: for people, for programs, and when it cannot be read.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::sima;

const RULES: &str = r#"
[alerts]
token = "t"

[[alerts.integrations]]
name = "prometheus-eu"
source = "generic"
token = "a-long-token-of-its-own"

[[alerts.rules]]
name = "europe"
integration = "*-eu"
labels = { env = "!test" }
severity = "SEV1"
group_by = ["cluster"]
"#;

fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sima.toml");
    std::fs::write(&config, RULES).unwrap();
    (folder, config)
}

fn body(env: &str) -> String {
    json!({ "title": "Disk full", "key": "disk", "labels": { "env": env, "cluster": "a" } })
        .to_string()
}

#[test]
fn an_alert_is_judged_as_one_of_its_integration() {
    let (_folder, config) = folder();
    let arguments = ["rules", "test", "-", "--integration", "prometheus-eu", "--json"];
    let said = sima(&config, &arguments, &body("live"));
    assert_eq!(said.code, Some(0), "{}", said.told);
    let told: Value = serde_json::from_str(&said.out).expect("JSON");
    let alert = &told["alerts"][0];
    assert_eq!(alert["tried"], json!([{ "rule": "europe", "decides": true, "because": [] }]));
    assert_eq!((&alert["then"], &alert["how"]["severity"]), (&json!("open"), &json!("SEV1")));
    assert_eq!(alert["how"]["group"], json!(r#"["prometheus-eu","europe","global","cluster=a"]"#));

    let elsewhere = sima(&config, &["rules", "test", "-"], &body("test"));
    assert_eq!(elsewhere.code, Some(0), "{}", elsewhere.told);
    for expected in [
        "the integration is \"generic\", not like \"*-eu\"",
        "the label env is \"test\", not like \"!test\"",
        "no rule is for it",
        "so: it opens an incident",
    ] {
        assert!(elsewhere.out.contains(expected), "{expected} is not in {}", elsewhere.out);
    }
}

#[test]
fn what_cannot_be_read_is_told_with_what_to_do() {
    let (_folder, config) = folder();
    for (arguments, input, says) in [
        (&["rules", "test", "-", "--integration", "nagios"][..], "{}", "known are"),
        (&["rules", "test", "-"][..], "{\"title\": ", "JSON"),
        (&["rules", "test", "no-such-file.json"][..], "", "cannot read no-such-file.json"),
        (&["rules", "test", "-", "--source", "nagios"][..], "{}", "nagios"),
        (&["rules", "replay", "--since", "soon"][..], "", "write --since 30d"),
        (&["rules", "replay"][..], "", "there is no database"),
    ] {
        let said = sima(&config, arguments, input);
        assert_eq!(said.code, Some(1), "{arguments:?}: {}", said.told);
        assert!(said.told.contains(says), "{arguments:?}: {}", said.told);
        assert!(!said.told.contains("panicked"), "{arguments:?}: {}", said.told);
    }
}

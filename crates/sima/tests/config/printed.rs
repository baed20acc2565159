//! What `sima manifest` and `sima doctor` print, and how they end.

use std::process::{Command, Output};

use serde_json::{Value, json};

fn manifest(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    called("manifest", arguments, variables)
}

fn called(command: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_sima"))
        .arg(command)
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .output()
        .expect("sima runs")
}

#[test]
fn the_manifest_is_that_of_the_configuration_and_nothing_else_is_printed() {
    let printed = manifest(
        &["--name", "Fire brigade"],
        &[
            ("SIMA_HTTP__PUBLIC_URL", "https://sima.example.com/"),
            ("SIMA_WORKSPACE__SLASH_COMMAND", "/fire"),
            ("SIMA_SLACK__SIGNING_SECRET", "5up3r-s3cret"),
        ],
    );
    assert!(printed.status.success(), "{printed:?}");
    let text = String::from_utf8(printed.stdout).expect("text");
    assert!(!text.contains("5up3r-s3cret"));
    let manifest: Value = serde_json::from_str(&text).expect("JSON alone");
    for (place, expected) in [
        ("/display_information/name", "Fire brigade"),
        ("/features/bot_user/display_name", "Fire brigade"),
        ("/features/slash_commands/0/command", "/fire"),
        ("/features/slash_commands/0/url", "https://sima.example.com/slack/commands"),
    ] {
        assert_eq!(manifest.pointer(place), Some(&json!(expected)), "{place}");
    }
}

/// With Socket Mode there is no address to give, and none is asked for.
#[test]
fn the_manifest_of_socket_mode_has_no_address() {
    let printed = manifest(&[], &[("SIMA_SLACK__MODE", "socket")]);
    assert!(printed.status.success(), "{printed:?}");
    let text = String::from_utf8(printed.stdout).expect("text");
    assert!(!text.contains("http"), "{text}");
    let manifest: Value = serde_json::from_str(&text).expect("JSON alone");
    assert_eq!(manifest.pointer("/settings/socket_mode_enabled"), Some(&json!(true)));
}

#[test]
fn what_slack_would_refuse_is_not_printed() {
    let https = ("SIMA_HTTP__PUBLIC_URL", "https://sima.example.com");
    for (arguments, variables, repair) in [
        (&[][..], &[][..], "SIMA_HTTP__PUBLIC_URL"),
        (&["--name", "a name that is much too long for Slack"], &[https], "--name"),
        (&["--name", " "], &[https], "--name"),
        (&[], &[https, ("SIMA_WORKSPACE__SLASH_COMMAND", "incident")], "as /incident"),
    ] {
        let printed = manifest(arguments, variables);
        assert!(!printed.status.success() && printed.stdout.is_empty(), "{printed:?}");
        let told = String::from_utf8(printed.stderr).expect("text");
        assert!(told.contains(repair), "{told}");
    }
}

/// Nobody answers at that address; whoever calls it from a script learns by the exit code.
#[test]
fn the_doctor_fails_when_something_has_to_be_mended() {
    let nobody = [
        ("SIMA_SLACK__BASE_URL", "http://127.0.0.1:1/api/"),
        ("SIMA_SLACK__BOT_TOKEN", "xoxb-5up3r-s3cret"),
        ("SIMA_SLACK__SIGNING_SECRET", "5up3r-s3cret"),
    ];
    for arguments in [&[][..], &["--json"]] {
        let printed = called("doctor", arguments, &nobody);
        assert_eq!(printed.status.code(), Some(1), "{printed:?}");
        let text = String::from_utf8(printed.stdout).expect("text");
        assert!(text.contains("the bot token could not be tried"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
        if !arguments.is_empty() {
            let findings: Value = serde_json::from_str(&text).expect("JSON alone");
            let ill =
                findings.as_array().expect("a list").iter().filter(|one| one["health"] == "ill");
            assert_eq!(ill.count(), 1, "{findings}");
        }
    }
}

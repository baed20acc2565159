//! Steps as people write them: the documentation's own examples work, and each mistake is told.

use sima_incident::{Occasion, Severities, Severity, StepKind};

use crate::configured;

const STEPS: &str = include_str!("../../../../docs/steps.md");
const EXAMPLE: &str = include_str!("../../../../sima.example.toml");

/// What no message may ever show.
const SECRET: &str = "5up3r-s3cret";

/// The TOML of the page, one after the other.
fn examples() -> String {
    let fenced = STEPS.split("```toml\n").skip(1);
    fenced.filter_map(|rest| rest.split("```").next()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_examples_of_the_page_work_as_they_are() {
    let api = "[[domains]]\nkey = \"api\"\nname = \"API\"\n";
    let config = configured(&format!("{api}{}", examples()), &[]).unwrap_or_else(|f| panic!("{f}"));
    let steps = config.policy().unwrap().steps;
    let kinds: Vec<StepKind> = steps.iter().map(sima_incident::Step::kind).collect();
    assert_eq!(
        kinds,
        [
            StepKind::UserGroup,
            StepKind::Post,
            StepKind::Bookmark,
            StepKind::VideoCall,
            StepKind::Webhook,
            StepKind::StatusPage
        ],
        "every kind has an example"
    );
    assert_eq!(steps[0].severities, Severities::AtLeast(Severity::new(2).unwrap()));
    assert_eq!(steps[4].on, Occasion::Recovered);
    assert_eq!(config.receivers().unwrap().len(), 1);
}

/// The steps of the committed example are comments; without their marks they work.
#[test]
fn the_examples_of_the_committed_file_work_without_their_marks() {
    let at = EXAMPLE.find("# [[steps]]").expect("they are at the end");
    let lines = EXAMPLE[at..].lines().map(|line| line.trim_start_matches(['#', ' ']));
    let steps = lines.collect::<Vec<_>>().join("\n").replace("whsec_…", &format!("whsec_{KEY}"));
    let text = format!("{}\n{steps}", &EXAMPLE[..at]);
    let config = configured(&text, &[("SIMA_STATUSPAGE__TOKEN", "t")]);
    assert_eq!(config.unwrap_or_else(|fault| panic!("{fault}")).steps.len(), 6);
}

const KEY: &str = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

#[test]
fn severities_are_written_in_more_ways_than_one() {
    let level = |level| Severity::new(level).unwrap();
    for (written, expected) in [
        ("\"at least SEV2\"", Severities::AtLeast(level(2))),
        ("\"SEV1\"", Severities::OneOf(vec![level(1)])),
        ("[\"SEV1\", \"sev3\"]", Severities::OneOf(vec![level(1), level(3)])),
        ("[1, 2]", Severities::OneOf(vec![level(1), level(2)])),
        ("3", Severities::OneOf(vec![level(3)])),
    ] {
        let text = format!(
            "[[steps]]\nname = \"A\"\nseverities = {written}\ndo = {{ invite_user_group = \"@a\" }}\n"
        );
        let config = configured(&text, &[]).unwrap_or_else(|fault| panic!("{written}: {fault}"));
        assert_eq!(config.policy().unwrap().steps[0].severities, expected, "{written}");
    }
}

#[test]
fn a_mistake_in_a_step_is_told_with_its_line_and_what_to_write() {
    let group = "do = { invite_user_group = \"@leads\" }";
    let good_key = format!("whsec_{KEY}");
    let webhook = |url: &str, secret: &str| {
        format!("do = {{ webhook = {{ url = \"{url}\", secret = \"{secret}\" }} }}")
    };
    let page = |more: &str| {
        format!(
            "do = {{ status_page = {{ page_id = \"p1\", title = \"T\", body = \"B\"{more} }} }}"
        )
    };
    let post =
        |text: &str| format!("do = {{ post = {{ channel = \"care\", text = \"{text}\" }} }}");
    let link = |link: &str| format!("do = {{ bookmark = {{ title = \"T\", link = \"{link}\" }} }}");
    // Lines of a step from its third on, the line that is wrong, the setting, and what is said.
    for (lines, line, setting, says) in [
        (
            format!("domains = [\"api\", \"web\"]\n{group}"),
            4,
            "domains",
            "\"web\" is no configured",
        ),
        (format!("severities = \"at least SEV7\"\n{group}"), 4, "severities", "SEV7 is no"),
        (format!("severities = \"bad\"\n{group}"), 4, "severities", "at least SEV2"),
        (format!("severities = []\n{group}"), 4, "severities", "at least SEV2"),
        (format!("when = \"fixed\"\n{group}"), 4, "when", "severity_raised"),
        (format!("private = \"yes\"\n{group}"), 4, "private", "boolean"),
        (format!("tags = [\"a\"]\n{group}"), 4, "tags", "unknown field"),
        ("do = { invite_user_group = \"leads\" }".into(), 4, "do.invite_user_group", "handle"),
        ("do = { dance = true }".into(), 4, "do", "unknown variant"),
        ("do = \"dance\"".into(), 4, "do", "unknown variant"),
        (post("{sumary}"), 4, "do.post.text", "{sumary} that is not filled here; known are"),
        (post("{number"), 4, "do.post.text", "brace"),
        (post(""), 4, "do.post.text", "empty"),
        (post(&"x".repeat(1501)), 4, "do.post.text", "too long"),
        (link("http://wiki.example.com"), 4, "do.bookmark.link", "no web address"),
        (link("{link}"), 4, "do.bookmark.link", "no web address"),
        (link("javascript:alert(1)"), 4, "do.bookmark.link", "no web address"),
        (link("https://a.test/ b"), 4, "do.bookmark.link", "no web address"),
        (webhook("http://hooks.example.com/5up3r-s3cret", &good_key), 4, "do.webhook.url", "plain"),
        (webhook("5up3r-s3cret", &good_key), 4, "do.webhook.url", "no"),
        (webhook("https://h.test/", "5up3r-s3cret"), 4, "do.webhook.secret", "whsec_"),
        (webhook("https://h.test/", "whsec_5up3r-s3cret"), 4, "do.webhook.secret", "base64"),
        (page(""), 4, "do", "statuspage.token is missing"),
        (format!("private = true\n{}", page("")), 4, "private", "no place for a private"),
        (format!("when = \"recovered\"\n{}", page("")), 4, "when", "over by then"),
    ] {
        let text = format!(
            "[[domains]]\nkey = \"api\"\nname = \"API\"\n[[steps]]\nname = \"A\"\n{lines}\n"
        );
        let place = format!("sima.toml:{}:", line + 2);
        let fault = configured(&text, &[]).expect_err(&text);
        let told = fault.to_string();
        assert!(fault.place.contains(&place), "{text}: {told}");
        assert!(fault.setting.starts_with("steps[0]"), "{text}: {told}");
        assert!(fault.setting.contains(setting), "{text}: {told}");
        assert!(told.contains(says), "{text}: {told}");
        assert!(fault.repair.len() > 10, "{text}: {told}");
        assert!(!told.contains(SECRET), "{told}");
    }
}

/// Words for the public are refused what people wrote inside.
#[test]
fn public_words_take_nothing_that_people_wrote() {
    for place in ["{summary}", "{channel}", "{link}"] {
        let text = format!(
            "[statuspage]\ntoken = \"t\"\n[[steps]]\nname = \"A\"\n\
             do = {{ status_page = {{ page_id = \"p1\", title = \"T\", body = \"{place}\" }} }}\n"
        );
        let fault = configured(&text, &[]).expect_err(place);
        assert_eq!(fault.setting, "steps[0].do.status_page.body");
        assert!(fault.repair.contains("for the public"), "{fault}");
    }
}

#[test]
fn names_of_steps_are_there_once_and_short() {
    let step = |name: &str| {
        format!("[[steps]]\nname = \"{name}\"\ndo = {{ invite_user_group = \"@leads\" }}\n")
    };
    for (text, place, says) in [
        (step("A") + &step("A"), ":4:", "twice"),
        (step(""), ":2:", "needs a name"),
        (step(&"x".repeat(61)), ":2:", "at most 60"),
    ] {
        let fault = configured(&text, &[]).expect_err(&text);
        assert!(fault.place.contains(place) || fault.place.contains(":5:"), "{fault}");
        assert!(fault.wrong.contains(says), "{fault}");
    }
}

/// A page over plain http would show the key to everybody on the way.
#[test]
fn the_status_page_is_spoken_to_over_tls() {
    let step = "[[steps]]\nname = \"A\"\n\
                do = { status_page = { page_id = \"p1\", title = \"T\", body = \"B\" } }\n";
    let text = format!("[statuspage]\nbase_url = \"http://sp.example.com\"\ntoken = \"t\"\n{step}");
    let fault = configured(&text, &[]).expect_err("plain http");
    assert_eq!(fault.setting, "statuspage.base_url");
    assert!(fault.place.contains(":2:1"), "{fault}");
}

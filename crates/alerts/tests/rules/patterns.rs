//! What a pattern lets in: wildcards, expressions, lists and what is forbidden.

use sima_alerts::Pattern;

#[test]
fn patterns_fit_as_people_expect() {
    let cases = [
        ("", "", true),
        ("", "x", false),
        ("*", "", true),
        ("*", "anything", true),
        ("mail", "Mail", true),
        ("mail", "mails", false),
        ("mail*", "mails", true),
        ("*eu?", "queue-eu1", true),
        ("*eu?", "queue-eu12", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("ÜBER*", "übermäßig", true),
        ("**", "x", true),
        ("!mail*", "mails", false),
        ("!mail*", "disk", true),
        ("/^queue-(eu|us)[0-9]+$/", "Queue-EU12", true),
        ("/^queue-(eu|us)[0-9]+$/", "queue-ap1", false),
        ("/drain/", "not draining", true),
        ("!/drain/", "not draining", false),
        ("/", "/", true),
        ("/var", "/var", true),
    ];
    for (pattern, text, fits) in cases {
        let pattern = Pattern::new(&[pattern]).expect("a pattern");
        assert_eq!(pattern.fits(text), fits, "{pattern} {text}");
    }
    // A pattern made to be slow is not.
    let slow = Pattern::new(&[&"*a".repeat(200)]).expect("a pattern");
    assert!(!slow.fits(&"b".repeat(2000)));
    let slow = Pattern::new(&["/^(a+)+$/"]).expect("a pattern");
    assert!(!slow.fits(&format!("{}!", "a".repeat(2000))));
}

#[test]
fn of_several_forms_one_must_fit_and_none_that_is_forbidden() {
    let pattern = Pattern::new(&["prod-*", "/^live/", "!*-test", "!prod-old"]).expect("a pattern");
    for (text, fits) in [
        ("prod-eu", true),
        ("live1", true),
        ("staging", false),
        ("prod-test", false),
        ("prod-old", false),
        ("prod-older", true),
    ] {
        assert_eq!(pattern.fits(text), fits, "{text}");
    }
    assert!(!pattern.fits_nothing());
    let forbids = Pattern::new(&["!staging", "!test"]).expect("a pattern");
    assert!(forbids.fits("prod") && !forbids.fits("Test") && forbids.fits_nothing());
}

#[test]
fn an_expression_that_is_none_or_grows_too_large_is_told_in_one_line() {
    for (written, says) in [
        ("/[a-/", "no regular expression"),
        ("/(?=x)/", "look-around"),
        ("/(((a{999}){999}){999})/", "too large"),
        ("//", "write *"),
        (&*"x".repeat(1001), "at most 1000"),
    ] {
        let told = Pattern::new(&[written]).expect_err(written);
        assert!(told.contains(says) && !told.contains('\n'), "{written}: {told}");
    }
}

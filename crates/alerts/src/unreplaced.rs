//! Variables of a template that its sender did not replace: `{{ $labels.instance }} is down`.
//!
//! An alarm is never lost for that. Its title gets what a label says, or an ellipsis, and what was not
//! replaced is said below it, for those who can mend the template.

use crate::{
    Alert, MAX_FULL_TITLE, MAX_TITLE,
    lenient::{description, one_line},
};

/// The title of an alert that says nothing of what it is about.
pub(crate) const NAMELESS: &str = "Alert without a name";

/// How many variables are named, and how much is shown of each.
const MOST_NAMED: usize = 5;
const MOST_SHOWN: usize = 60;

/// Gives an alert a title that people can read, and names what was not replaced in it.
pub(crate) fn mend(mut alert: Alert) -> Alert {
    let variables = variables(&alert.full_title);
    if variables.is_empty() && alert.full_title != NAMELESS {
        return alert;
    }
    let mut title = String::new();
    let mut rest = alert.full_title.as_str();
    for variable in &variables {
        let Some((before, after)) = rest.split_once(variable) else { continue };
        title.push_str(before);
        title.push_str(label_of(&alert, variable).unwrap_or("…"));
        rest = after;
    }
    title.push_str(rest);
    let says_something = title.chars().filter(|c| c.is_alphabetic()).count() > 1;
    if !says_something || title == NAMELESS {
        title = fallback(&alert);
    }
    if !variables.is_empty() {
        let mut named: Vec<String> = Vec::new();
        for variable in &variables {
            let shown = one_line(variable, MOST_SHOWN);
            if !named.contains(&shown) && named.len() < MOST_NAMED {
                named.push(shown);
            }
        }
        let said = format!("The monitor did not replace {} in its title.", named.join(", "));
        // First, so that a long description cannot push it out.
        let all = alert.description.iter().fold(said, |said, more| format!("{said}\n\n{more}"));
        alert.description = description(&all);
        alert.unreplaced = named;
    }
    alert.title = one_line(&title, MAX_TITLE);
    alert.full_title = one_line(&title, MAX_FULL_TITLE);
    alert
}

/// What a label says in place of a variable: `instance` for `{{ $labels.instance }}`, `host` for
/// `{HOST.NAME}`.
fn label_of<'a>(alert: &'a Alert, variable: &str) -> Option<&'a str> {
    let words = variable.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let named = |word: &String| {
        let mut labels = alert.labels.iter();
        labels.find(|(name, _)| name.to_lowercase() == *word).map(|(_, value)| value.as_str())
    };
    words.iter().rev().find_map(named).filter(|value| variables(value).is_empty())
}

/// What there is to say of an alert without its title.
fn fallback(alert: &Alert) -> String {
    let named = ["alertname", "condition", "policy", "host", "instance"];
    let named = named.into_iter().find_map(|name| alert.labels.get(name));
    let about =
        named.or_else(|| alert.domain_hints.first()).filter(|about| variables(about).is_empty());
    match about {
        Some(about) => format!("Alert from {} about {about}", alert.integration),
        None if alert.full_title == NAMELESS => NAMELESS.to_owned(),
        None => format!("Alert from {}", alert.integration),
    }
}

/// The variables in a text, in their order: `{{ … }}`, `${NAME}`, `{#HOST}`, `{HOST.NAME}`,
/// `$ALERT_TITLE`, `%hostname%` and Zabbix's `*UNKNOWN*`.
fn variables(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '$', '%', '*']) {
        rest = &rest[at..];
        let length = length_of(rest);
        if length > 0 {
            found.push(rest[..length].to_owned());
        }
        // All four are one byte.
        rest = &rest[length.max(1)..];
    }
    found
}

/// How many bytes of a text the variable has with which it begins; none if it begins with none.
fn length_of(text: &str) -> usize {
    const UNKNOWN: &str = "*UNKNOWN*";
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let within = |from: &str, to: &str, fits: &dyn Fn(&str) -> bool| {
        let inner = text.strip_prefix(from)?;
        let inner = &inner[..inner.find(to)?];
        fits(inner).then_some(from.len() + inner.len() + to.len())
    };
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    let is_macro = |name: &str| {
        name.bytes().any(|byte| byte.is_ascii_uppercase())
            && name.bytes().all(|byte| upper(byte) || b"#$.:".contains(&byte))
    };
    let is_percent_name = |name: &str| {
        name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    if text.starts_with(UNKNOWN) {
        return UNKNOWN.len();
    }
    let bare = || {
        let name = text.strip_prefix('$')?;
        let length = name.bytes().take_while(|byte| upper(*byte)).count();
        let begins = name.starts_with(|first: char| first.is_ascii_uppercase());
        (begins && length > 3).then_some(length + 1)
    };
    within("{{", "}}", &|inner| inner.len() <= 200 && !inner.contains('{'))
        .or_else(|| within("${", "}", &is_name))
        .or_else(|| within("{", "}", &is_macro))
        .or_else(|| within("%", "%", &is_percent_name))
        .or_else(bare)
        .unwrap_or_default()
}

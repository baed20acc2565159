//! Reads the configuration: the file, then the variables over it, each mistake with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Deserializer, de::Error as _};
use sima_pagers::Kind;
use toml::{Table, Value};

use super::{Config, ConfigFault};

/// Where the configuration comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// Whether somebody named the file, so that it must be there.
    pub named: bool,
    /// The variables that begin with `SIMA_`, by name.
    pub variables: BTreeMap<String, String>,
}

/// The variables that are no settings: where the file is, and what is logged.
const NOT_SETTINGS: [&str; 2] = ["SIMA_CONFIG", "SIMA_LOG"];

/// Reads the configuration.
///
/// # Errors
/// The first mistake found, with its place and what to do about it.
pub fn read(source: &Source) -> Result<Config, ConfigFault> {
    let text = read_file(source)?;
    let name = source.file.display().to_string();
    let mut table: Table = toml::from_str(&text).map_err(|error| ConfigFault {
        place: place(&name, &text, error.span().map_or(0, |span| span.start)),
        setting: String::new(),
        wrong: error.message().to_owned(),
        repair: "write the file as TOML; sima.example.toml shows every setting".into(),
    })?;

    let mut given: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (variable, value) in &source.variables {
        if NOT_SETTINGS.contains(&variable.as_str()) {
            continue;
        }
        let path = setting_of(variable);
        insert(&mut table, &path, Value::String(value.clone())).map_err(|wrong| ConfigFault {
            place: variable.clone(),
            setting: joined(&path),
            wrong,
            repair: "name one setting, with __ between the levels of its path".into(),
        })?;
        given.insert(joined(&path), (variable.clone(), value.clone()));
    }

    let mut read_as_toml = BTreeSet::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, Config>(Value::Table(table.clone()))
        {
            Ok(config) => {
                let Err(fault) = config.policy() else { return Ok(config) };
                let variable = given.iter().find(|(setting, _)| is_of(&fault.setting, setting));
                let place = match variable {
                    Some((_, (variable, _))) => variable.clone(),
                    None => place(&name, &text, offset(&text, &fault.setting, "")),
                };
                return Err(ConfigFault { place, ..fault });
            }
            Err(error) => error,
        };
        let path = error.path().to_string();
        let wrong = first_line(&error.inner().to_string());
        let from_variable = given
            .keys()
            .filter(|setting| is_of(&path, setting))
            .max_by_key(|setting| setting.len())
            .and_then(|setting| given.get(setting));
        // A variable is text; a setting that is no text gets its variable read as TOML, once.
        if let Some((variable, value)) = from_variable {
            let levels = setting_of(variable);
            if read_as_toml.insert(variable.clone())
                && let Some(read) = as_toml(value)
                && insert(&mut table, &levels, read).is_ok()
            {
                continue;
            }
            return Err(ConfigFault {
                place: variable.clone(),
                setting: joined(&levels),
                wrong: without_values(&wrong),
                repair: repair(&wrong),
            });
        }
        // A level that is not there at all may have come with a variable of a setting below it.
        let variable = source.variables.keys().find(|name| {
            wrong.starts_with("unknown field") && is_of(&joined(&setting_of(name)), &path)
        });
        let (place, setting) = match variable {
            Some(variable) => (variable.clone(), joined(&setting_of(variable))),
            None => (place(&name, &text, offset(&text, &path, &wrong)), path),
        };
        let setting = if setting == "." { String::new() } else { setting };
        return Err(ConfigFault {
            place,
            setting,
            wrong: without_values(&wrong),
            repair: repair(&wrong),
        });
    }
}

/// Reads a time zone by its IANA name.
pub fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(|_| {
        D::Error::custom(format!("{name:?} is no time zone: write its IANA name, as Europe/Paris"))
    })
}

/// Reads a number of days, as 35d, or a shorter duration, as 36h.
pub fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let days = text.trim().strip_suffix('d').and_then(|days| days.trim().parse::<u16>().ok());
    let span = match days {
        Some(days) => Ok(SignedDuration::from_hours(i64::from(days) * 24)),
        None => text.parse(),
    };
    span.map_err(|_| D::Error::custom(format!("{text:?} is no duration: write days, as \"35d\"")))
}

/// Reads the kind of a pager.
pub fn pager_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let word = String::deserialize(deserializer)?;
    word.parse().map_err(|()| {
        let known = Kind::ALL.map(Kind::word).join(", ");
        D::Error::custom(format!("{word:?} is no kind of pager: write one of {known}"))
    })
}

fn read_file(source: &Source) -> Result<String, ConfigFault> {
    match std::fs::read_to_string(&source.file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !source.named => {
            Ok(String::new())
        }
        Err(error) => Err(ConfigFault {
            place: source.file.display().to_string(),
            setting: String::new(),
            wrong: format!("the file cannot be read: {error}"),
            repair: "copy sima.example.toml there, or name another file with --config".into(),
        }),
    }
}

/// Whether a path leads to a setting or below it: `domains[0].name` lies below `domains`.
fn is_of(path: &str, setting: &str) -> bool {
    path.strip_prefix(setting)
        .is_some_and(|below| below.is_empty() || below.starts_with(['.', '[']))
}

/// `SIMA_HTTP__LISTEN` is `http.listen`.
fn setting_of(variable: &str) -> Vec<String> {
    let path = variable.strip_prefix("SIMA_").unwrap_or(variable);
    path.split("__").map(str::to_ascii_lowercase).collect()
}

/// Puts a value where its path says.
fn insert(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    let Some((first, rest)) = path.split_first() else { return Ok(()) };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return Ok(());
    }
    match table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(below) => insert(below, rest, value),
        Value::Array(items) => insert_at(first, items, rest, value),
        _ => Err(format!("{first} has no settings below it")),
    }
}

/// Puts a value into an item of a list, by its place, counted from 0.
fn insert_at(list: &str, items: &mut [Value], path: &[String], value: Value) -> Result<(), String> {
    let count = items.len();
    let item = path.first().and_then(|place| items.get_mut(place.parse::<usize>().ok()?));
    match item {
        Some(Value::Table(below)) if path.len() > 1 => insert(below, &path[1..], value),
        _ => Err(format!("{list} has {count} items: name one by its place, counted from 0")),
    }
}

/// A path as it is told: `alerts.integrations[0].token`.
fn joined(path: &[String]) -> String {
    let is_place = |level: &str| !level.is_empty() && level.bytes().all(|b| b.is_ascii_digit());
    path.iter().fold(String::new(), |told, level| match (told.is_empty(), is_place(level)) {
        (true, _) => level.clone(),
        (false, true) => format!("{told}[{level}]"),
        (false, false) => format!("{told}.{level}"),
    })
}

/// Reads what a variable says as a TOML value, such as `true` or `["a", "b"]`.
fn as_toml(value: &str) -> Option<Value> {
    let mut line: Table = toml::from_str(&format!("value = {value}")).ok()?;
    line.remove("value").filter(|value| !value.is_str())
}

/// The place of an offset, as editors write it.
fn place(name: &str, text: &str, offset: usize) -> String {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    format!("{name}:{line}:{column}")
}

/// Where in the file a setting stands; for an unknown one, where that key stands.
fn offset(text: &str, path: &str, wrong: &str) -> usize {
    let Ok(document) = toml::de::DeTable::parse(text) else { return 0 };
    let unknown = wrong.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let mut table = Some(document.get_ref());
    let mut found = 0;
    let mut array: Option<&toml::de::DeArray<'_>> = None;
    for level in path.split(['.', '[']).filter(|level| !level.is_empty()) {
        let index = level.strip_suffix(']').and_then(|index| index.parse::<usize>().ok());
        let value = match (index, table, array) {
            (Some(index), _, Some(items)) => items.get(index),
            (None, Some(entries), _) => {
                entries.iter().find(|(key, _)| key.get_ref() == level).map(|(key, value)| {
                    found = key.span().start;
                    value
                })
            }
            _ => None,
        };
        let Some(value) = value else { break };
        if index.is_some() {
            found = value.span().start;
        }
        table = value.get_ref().as_table();
        array = value.get_ref().as_array();
    }
    if let (Some(unknown), Some(entries)) = (unknown, table)
        && let Some((key, _)) = entries.iter().find(|(key, _)| key.get_ref() == unknown)
    {
        found = key.span().start;
    }
    found
}

/// What is wrong, without the value that was given: it may be a secret.
fn without_values(wrong: &str) -> String {
    match wrong.split_once(", expected") {
        Some((given, expected)) if given.starts_with("invalid") => {
            let kind = given.split(':').next().unwrap_or("invalid value");
            let given = given.split_once(": ").map_or("", |(_, given)| given);
            let kind_given = given.split([' ', '`']).next().unwrap_or_default();
            format!("{kind}: {kind_given}, expected{expected}")
        }
        _ => wrong.to_owned(),
    }
}

fn repair(wrong: &str) -> String {
    if wrong.starts_with("unknown field") {
        "correct the name or take the setting out; sima.example.toml shows every setting".into()
    } else if wrong.starts_with("missing field") {
        "add the setting; sima.example.toml shows it with its meaning".into()
    } else {
        "correct the value; sima.example.toml shows one that works".into()
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The configuration's file: the one named, or `SIMA_CONFIG`, or `sima.toml` here.
pub fn source(named: Option<&Path>, variables: BTreeMap<String, String>) -> Source {
    let from_variable = variables.get("SIMA_CONFIG").map(PathBuf::from);
    let named_file = named.map(Path::to_path_buf).or(from_variable);
    Source {
        named: named_file.is_some(),
        file: named_file.unwrap_or_else(|| PathBuf::from("sima.toml")),
        variables,
    }
}

//! The schema of the stand-in database.

use serde_json::{Map, Value, json};

/// Properties by name and type, as a team would set the database up.
pub(crate) const PROPERTIES: &[(&str, &str)] = &[
    ("Name", "title"),
    ("SIMA ID", "rich_text"),
    ("Severity", "select"),
    ("Domain", "select"),
    ("Started", "date"),
    ("Recovered", "date"),
    ("Time to recover (min)", "number"),
    ("Status", "status"),
    ("Incident", "url"),
];

/// Options of the `Status` property; a write does not add to them.
pub(crate) const STATUSES: &[&str] = &["Draft", "In review", "Published"];

/// The name and type of a property given by name or by id.
pub(crate) fn find(name_or_id: &str) -> Option<(&'static str, &'static str)> {
    PROPERTIES.iter().copied().find(|(name, _)| *name == name_or_id || id(name) == name_or_id)
}

/// The id of a property; the title's is always `title`.
pub(crate) fn id(name: &str) -> String {
    if name == "Name" {
        return "title".to_owned();
    }
    name.chars().filter(char::is_ascii_alphanumeric).take(4).collect()
}

/// The schema as the API gives it.
pub(crate) fn describe(options: &Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for (name, kind) in PROPERTIES {
        let mut property = json!({"id": id(name), "name": name, "type": kind});
        property[*kind] = match *kind {
            "select" => {
                json!({"options": options.get(*name).cloned().unwrap_or_else(|| json!([]))})
            }
            "status" => {
                let options: Vec<Value> = STATUSES
                    .iter()
                    .map(|status| json!({"id": id(status), "name": status, "color": "default"}))
                    .collect();
                json!({"options": options, "groups": []})
            }
            "number" => json!({"format": "number"}),
            _ => json!({}),
        };
        properties.insert((*name).to_owned(), property);
    }
    Value::Object(properties)
}

//! What a field may hold, and the walk that checks a block against its table.

use serde_json::{Map, Value};

use super::{Surface, beyond, elements, shapes};

/// What a field may hold.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Anything,
    Flag,
    Number(i64, i64),
    /// Text of so many characters.
    Words(usize, usize),
    /// A number written as text.
    NumberText,
    OneOf(&'static [&'static str]),
    /// A text object of at most so many characters.
    Text(usize),
    /// A text object that must be `plain_text`.
    Plain(usize),
    Many(usize, usize, &'static Rule),
    Object(&'static [Field]),
    /// An element of one of these types.
    Element(&'static [&'static str]),
    /// A block of its own, for containers.
    Block,
}

/// A field's name, whether it must be there, and what it may hold.
pub(crate) type Field = (&'static str, bool, Rule);

pub(crate) const MUST: bool = true;
pub(crate) const MAY: bool = false;

/// A walk over blocks that collects complaints.
pub(crate) struct Walk {
    pub(crate) surface: Surface,
    pub(crate) complaints: Vec<String>,
    pub(crate) block_ids: Vec<String>,
    pub(crate) focused: usize,
}

impl Walk {
    pub(crate) fn new(surface: Surface) -> Self {
        Self { surface, complaints: Vec::new(), block_ids: Vec::new(), focused: 0 }
    }

    pub(crate) fn complain(&mut self, what: &str, pointer: &str) {
        self.complaints.push(format!("{what} [json-pointer:{pointer}]"));
    }

    /// Checks a list of blocks.
    pub(crate) fn blocks(&mut self, pointer: &str, blocks: &[Value], max: usize) {
        if blocks.len() > max {
            self.complain(&format!("no more than {max} items allowed"), pointer);
            return;
        }
        for (index, block) in blocks.iter().enumerate() {
            self.block(&format!("{pointer}/{index}"), block);
        }
        for kind in ["table", "data_visualization"] {
            let most = if kind == "table" { 1 } else { 2 };
            if blocks.iter().filter(|block| block["type"] == kind).count() > most {
                self.complain(&format!("no more than {most} {kind} blocks allowed"), pointer);
            }
        }
    }

    fn block(&mut self, pointer: &str, block: &Value) {
        let Some(fields) = block.as_object() else {
            self.complain("must be an object", pointer);
            return;
        };
        let Some(kind) = fields.get("type").and_then(Value::as_str) else {
            self.complain("missing required field: type", pointer);
            return;
        };
        let Some((surfaces, shape)) = shapes::find(kind) else {
            self.complain(&format!("unsupported type: {kind}"), &format!("{pointer}/type"));
            return;
        };
        if !surfaces.contains(&self.surface) {
            self.complain(&format!("unsupported type: {kind}"), &format!("{pointer}/type"));
            return;
        }
        if !shapes::is_open(kind) {
            self.fields(pointer, fields, shape, &["type", "block_id"]);
        }
        if let Some(id) = fields.get("block_id") {
            self.value(&format!("{pointer}/block_id"), id, Rule::Words(0, 255));
            if let Some(id) = id.as_str().filter(|id| !id.is_empty()) {
                if self.block_ids.iter().any(|other| other == id) {
                    self.complain(&format!("`block_id` \"{id}\" already exists"), pointer);
                }
                self.block_ids.push(id.to_owned());
            }
        }
        beyond::block(self, pointer, kind, block);
    }

    /// Checks the fields of an object against its table; `known` are checked elsewhere.
    pub(crate) fn fields(
        &mut self,
        pointer: &str,
        fields: &Map<String, Value>,
        shape: &[Field],
        known: &[&str],
    ) {
        for (name, must, _) in shape {
            if *must && fields.get(*name).is_none_or(Value::is_null) {
                self.complain(&format!("missing required field: {name}"), pointer);
            }
        }
        for (name, value) in fields {
            if known.contains(&name.as_str()) {
                continue;
            }
            match shape.iter().find(|(field, _, _)| field == name) {
                Some(_) if value.is_null() => {}
                Some((_, _, rule)) => self.value(&format!("{pointer}/{name}"), value, *rule),
                None => self.complain(&format!("invalid additional property: {name}"), pointer),
            }
        }
    }

    pub(crate) fn value(&mut self, pointer: &str, value: &Value, rule: Rule) {
        match rule {
            Rule::Anything => {}
            Rule::Flag if value.is_boolean() => {}
            Rule::Flag => self.complain("must be a boolean", pointer),
            Rule::Number(min, max) => match value.as_i64() {
                Some(number) if number < min => {
                    self.complain(&format!("must be greater than or equal to {min}"), pointer);
                }
                Some(number) if number > max => {
                    self.complain(&format!("must be less than or equal to {max}"), pointer);
                }
                Some(_) => {}
                None => self.complain("must be an integer", pointer),
            },
            Rule::Words(min, max) => self.words(pointer, value, min, max),
            Rule::NumberText => {
                let number = value.as_str().and_then(|text| text.parse::<f64>().ok());
                if number.is_none() {
                    self.complain("must be a string holding a number", pointer);
                }
            }
            Rule::OneOf(allowed) => {
                if !value.as_str().is_some_and(|text| allowed.contains(&text)) {
                    self.complain(&format!("must be one of: {}", allowed.join(", ")), pointer);
                }
            }
            Rule::Text(max) => self.text(pointer, value, max, false),
            Rule::Plain(max) => self.text(pointer, value, max, true),
            Rule::Many(min, max, each) => self.many(pointer, value, min, max, *each),
            Rule::Object(shape) => match value.as_object() {
                Some(fields) => self.fields(pointer, fields, shape, &[]),
                None => self.complain("must be an object", pointer),
            },
            Rule::Element(allowed) => self.element(pointer, value, allowed),
            Rule::Block => self.block(pointer, value),
        }
    }

    fn words(&mut self, pointer: &str, value: &Value, min: usize, max: usize) {
        let Some(text) = value.as_str() else {
            self.complain("must provide a string", pointer);
            return;
        };
        let length = text.chars().count();
        if length < min {
            self.complain(&format!("must be more than {} characters", min - 1), pointer);
        }
        if length > max {
            self.complain(&format!("must be less than {} characters", max + 1), pointer);
        }
    }

    fn many(&mut self, pointer: &str, value: &Value, min: usize, max: usize, each: Rule) {
        let Some(items) = value.as_array() else {
            self.complain("must be an array", pointer);
            return;
        };
        if items.len() < min {
            self.complain(&format!("no fewer than {min} items allowed"), pointer);
        }
        if items.len() > max {
            self.complain(&format!("no more than {max} items allowed"), pointer);
            return;
        }
        for (index, item) in items.iter().enumerate() {
            self.value(&format!("{pointer}/{index}"), item, each);
        }
    }

    fn text(&mut self, pointer: &str, value: &Value, max: usize, plain_only: bool) {
        let before = self.complaints.len();
        let Some(fields) = value.as_object() else {
            self.complain("must be an object", pointer);
            return;
        };
        match fields.get("type").and_then(Value::as_str) {
            Some("plain_text") => {
                let shape: &[Field] = &[("text", MUST, Rule::Anything), ("emoji", MAY, Rule::Flag)];
                self.fields(pointer, fields, shape, &["type"]);
            }
            Some("mrkdwn") if !plain_only => {
                let shape: &[Field] =
                    &[("text", MUST, Rule::Anything), ("verbatim", MAY, Rule::Flag)];
                self.fields(pointer, fields, shape, &["type"]);
            }
            Some(kind) => {
                self.complain(&format!("unsupported type: {kind}"), &format!("{pointer}/type"));
            }
            None => self.complain("missing required field: type", pointer),
        }
        if let Some(text) = fields.get("text") {
            self.words(&format!("{pointer}/text"), text, 1, max);
        }
        // Slack says both: what is wrong inside, and that nothing it knows fits.
        if self.complaints.len() > before {
            self.complain("failed to match all allowed schemas", pointer);
        }
    }

    fn element(&mut self, pointer: &str, value: &Value, allowed: &[&str]) {
        let Some(fields) = value.as_object() else {
            self.complain("must be an object", pointer);
            return;
        };
        let Some(kind) = fields.get("type").and_then(Value::as_str) else {
            self.complain("missing required field: type", pointer);
            return;
        };
        let shape = elements::find(kind).filter(|_| allowed.contains(&kind));
        let Some(shape) = shape else {
            self.complain(&format!("unsupported type: {kind}"), &format!("{pointer}/type"));
            return;
        };
        // Text objects and images are checked as elements too; only interactive ones have an action.
        let mut known = vec!["type"];
        if elements::is_interactive(kind) {
            known.push("action_id");
            if let Some(id) = fields.get("action_id") {
                self.value(&format!("{pointer}/action_id"), id, Rule::Words(1, 255));
            }
        }
        self.fields(pointer, fields, shape, &known);
        beyond::element(self, pointer, kind, value);
    }
}

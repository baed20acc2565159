//! A modal or App Home as Slack sends it back: which one it was and what was filled in.
//!
//! Source: docs.slack.dev, "Modals" and "View payloads", 2026-01.

use serde_json::Value;
use sima_incident::PersonId;

use super::text;

/// A view that somebody acted in.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Its hash, to send back with an update.
    pub hash: String,
    /// What kind it is.
    pub kind: ViewKind,
    /// Which of our modals it is.
    pub callback_id: String,
    /// What we gave it to keep. Signed by Slack, and still read with care.
    pub private_metadata: String,
    /// What was filled in.
    pub state: State,
}

/// The kinds of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// A form.
    Modal,
    /// A person's App Home.
    Home,
}

/// What is filled in, by block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State(Value);

impl State {
    /// Takes `state.values`.
    pub(super) fn new(values: Option<&Value>) -> Self {
        Self(values.cloned().unwrap_or_default())
    }

    /// What was typed into a block's field. Nothing if it was left empty.
    pub fn typed(&self, block: &str) -> Option<String> {
        text(self.element(block)?, "/value").filter(|typed| !typed.trim().is_empty())
    }

    /// What was chosen in a block's list.
    pub fn chosen(&self, block: &str) -> Option<String> {
        text(self.element(block)?, "/selected_option/value")
    }

    /// What was chosen in each list whose block's name begins so, by the rest of its name.
    pub fn all_chosen(&self, beginning: &str) -> Vec<(String, String)> {
        let blocks = self.0.as_object().into_iter().flatten();
        blocks
            .filter_map(|(block, _)| {
                let name = block.strip_prefix(beginning)?;
                Some((name.to_owned(), self.chosen(block)?))
            })
            .collect()
    }

    /// The person chosen in a block's list of people.
    pub fn person(&self, block: &str) -> Option<PersonId> {
        let id = text(self.element(block)?, "/selected_user")?;
        (!id.is_empty()).then_some(PersonId(id))
    }

    /// The people chosen in a block's list of several.
    pub fn people(&self, block: &str) -> Vec<String> {
        let chosen = self.element(block).and_then(|element| element.get("selected_users"));
        let ids = chosen.and_then(Value::as_array).into_iter().flatten();
        ids.filter_map(|id| id.as_str().map(str::to_owned)).collect()
    }

    /// The boxes that were ticked in a block of boxes.
    pub fn ticked(&self, block: &str) -> Vec<String> {
        let chosen = self.element(block).and_then(|element| element.get("selected_options"));
        let options = chosen.and_then(Value::as_array).into_iter().flatten();
        options.filter_map(|option| text(option, "/value")).collect()
    }

    /// Whether a box was ticked in a block of boxes.
    pub fn is_ticked(&self, block: &str, option: &str) -> bool {
        self.element(block)
            .and_then(|element| element.get("selected_options"))
            .and_then(Value::as_array)
            .is_some_and(|options| {
                options.iter().any(|chosen| text(chosen, "/value").as_deref() == Some(option))
            })
    }

    /// The one element of a block.
    fn element(&self, block: &str) -> Option<&Value> {
        self.0.get(block)?.as_object()?.values().next()
    }
}

/// Reads a view object.
pub(super) fn read(view: &Value) -> View {
    let field = |name| text(view, name).unwrap_or_default();
    View {
        id: field("/id"),
        hash: field("/hash"),
        kind: if field("/type") == "home" { ViewKind::Home } else { ViewKind::Modal },
        callback_id: field("/callback_id"),
        private_metadata: field("/private_metadata"),
        state: State::new(view.pointer("/state/values")),
    }
}

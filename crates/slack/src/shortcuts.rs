//! The shortcuts of the app: what opens from anywhere, and what is done with a message.

/// One shortcut.
pub struct Shortcut {
    /// What Slack calls it when somebody uses it.
    pub callback_id: &'static str,
    /// Its name in Slack's menus, 24 characters at most.
    pub name: &'static str,
    /// What it does, in one line.
    pub description: &'static str,
    /// Whether it belongs to a message; otherwise it is there from anywhere.
    pub on_message: bool,
}

/// Opens the form.
pub const OPEN: Shortcut = Shortcut {
    callback_id: "open_incident",
    name: "Open an incident",
    description: "Say what is broken, and everybody who is needed is called",
    on_message: false,
};

/// Opens the form with what a message says.
pub const OPEN_FROM_MESSAGE: Shortcut = Shortcut {
    callback_id: "open_incident_from_message",
    name: "Open an incident",
    description: "Open an incident that quotes this message and links to it",
    on_message: true,
};

/// Every shortcut: the app's manifest grows from here.
pub static SHORTCUTS: &[Shortcut] = &[OPEN, OPEN_FROM_MESSAGE];

//! What a post-mortem is made of: sections of blocks of text.

use jiff::{Timestamp, tz::TimeZone};

/// A post-mortem, ready to be rendered anywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its title: the incident's number and summary.
    pub title: String,
    /// The zone its times are to be shown in.
    pub zone: TimeZone,
    /// Its sections, in the order they are read.
    pub sections: Vec<Section>,
}

/// One part of a document under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading, plain.
    pub heading: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// One piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Prose; may hold line breaks.
    Paragraph(Text),
    /// A list without order.
    Bullets(Vec<Text>),
    /// Names with what they stand for.
    Facts(Vec<Fact>),
    /// What happened, in the order it was true.
    Timeline(Vec<TimelineRow>),
    /// Things to be ticked off.
    ToDo(Vec<Text>),
    /// A question people are asked to answer in its place.
    Prompt(String),
}

/// A name with what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name, such as `Severity`.
    pub label: String,
    /// What it is.
    pub value: Text,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRow {
    /// When it was recorded.
    pub at: Timestamp,
    /// When it was true; rows are in the order of this.
    pub happened_at: Timestamp,
    /// Who did it, by name.
    pub who: String,
    /// What they did, in words that follow the name.
    pub what: String,
}

impl TimelineRow {
    /// Whether it was recorded so much later than it was true that a reader wants to know.
    pub fn is_backdated(&self) -> bool {
        self.at.duration_since(self.happened_at).as_secs() >= 60
    }
}

/// A run of text in spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Span>);

/// A piece of text in one style. What it holds is never markup: each renderer escapes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it is.
    Plain(String),
    /// With weight.
    Bold(String),
    /// A link; `href` is http or https.
    Link {
        /// What is read.
        text: String,
        /// Where it leads.
        href: String,
    },
}

impl Text {
    /// Text as it is.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Span::Plain(text.into())])
    }

    /// Text with weight.
    pub fn bold(text: impl Into<String>) -> Self {
        Self(vec![Span::Bold(text.into())])
    }

    /// A link, or the address as plain text if it is not one for a browser: people paste anything.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        let (text, href) = (text.into(), href.into());
        let lower = href.to_ascii_lowercase();
        let for_a_browser = (lower.starts_with("https://") || lower.starts_with("http://"))
            && !href.contains(|c: char| c.is_whitespace() || c.is_control());
        if for_a_browser {
            Self(vec![Span::Link { text, href }])
        } else if text == href {
            Self::plain(href)
        } else {
            Self::plain(format!("{text}: {href}"))
        }
    }

    /// This text followed by more.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// What is read, without style.
    pub fn read(&self) -> String {
        self.0.iter().map(Span::read).collect()
    }
}

impl Span {
    /// What is read, without style.
    pub fn read(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Bold(text) | Self::Link { text, .. } => text,
        }
    }
}

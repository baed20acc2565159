//! Words with places in them that an incident fills: `{number}: {summary}`.

use std::fmt;

/// What can stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `{number}`: the number people say, `INC-42`.
    Number,
    /// `{summary}`: what is broken.
    Summary,
    /// `{severity}`: how bad it is, `SEV2`.
    Severity,
    /// `{domain}`: the part of the business; its key in an address, else its name.
    Domain,
    /// `{channel}`: its channel; its id in an address.
    Channel,
    /// `{link}`: SIMA's own short link.
    Link,
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Number, Self::Summary, Self::Severity, Self::Domain, Self::Channel, Self::Link];

    /// The name between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Summary => "summary",
            Self::Severity => "severity",
            Self::Domain => "domain",
            Self::Channel => "channel",
            Self::Link => "link",
        }
    }
}

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Value(Placeholder),
}

/// What is wrong with a template, as a fragment that follows its name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// A place nobody fills here.
    #[error("has a place {{{name}}} that is not filled here; known are {known}")]
    Unknown {
        /// What stands between the braces.
        name: String,
        /// What may stand there.
        known: String,
    },
    /// A brace without its other.
    #[error("has a brace without its other; write {{{{ or }}}} for a brace itself")]
    Brace,
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
}

impl Template {
    /// Reads a template in which these places are filled.
    ///
    /// # Errors
    /// [`BadTemplate`] says what is wrong.
    pub fn read(text: &str, places: &[Placeholder]) -> Result<Self, BadTemplate> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(BadTemplate::Empty);
        }
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            words.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                words.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                words.push('}');
                rest = after;
            } else {
                let inside = from.strip_prefix('{').and_then(|inside| inside.split_once('}'));
                let Some((name, after)) = inside else { return Err(BadTemplate::Brace) };
                if !words.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                }
                pieces.push(Piece::Value(place(name, places)?));
                rest = after;
            }
        }
        words.push_str(rest);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        Ok(Self(pieces))
    }

    /// Fills the places; what goes into one is made safe by who fills it.
    pub fn fill(&self, value: impl Fn(Placeholder) -> String) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Value(place) => value(*place),
            })
            .collect()
    }

    /// The words before the first place.
    pub fn beginning(&self) -> &str {
        match self.0.first() {
            Some(Piece::Words(words)) => words,
            Some(Piece::Value(_)) | None => "",
        }
    }
}

fn place(name: &str, places: &[Placeholder]) -> Result<Placeholder, BadTemplate> {
    let name = name.trim();
    places.iter().copied().find(|place| place.name() == name).ok_or_else(|| {
        let known: Vec<String> = places.iter().map(ToString::to_string).collect();
        // What stands there may be half the file, if a brace was forgotten.
        let name = name.chars().take(40).collect();
        BadTemplate::Unknown { name, known: known.join(", ") }
    })
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: [Placeholder; 2] = [Placeholder::Number, Placeholder::Severity];

    #[test]
    fn places_are_filled_and_nothing_else_is_changed() {
        for (text, expected) in [
            ("{number}: call", "<number>: call"),
            (
                "https://meet.test/{number}-{ severity }/x",
                "https://meet.test/<number>-<severity>/x",
            ),
            ("{{number}} is {number}", "{number} is <number>"),
            ("plain", "plain"),
            ("{number}{severity}", "<number><severity>"),
        ] {
            let template = Template::read(text, &SOME).expect(text);
            assert_eq!(template.fill(|place| format!("<{}>", place.name())), expected, "{text}");
        }
    }

    /// A value that looks like a place is a value.
    #[test]
    fn what_fills_a_place_is_not_read_again() {
        let template = Template::read("{number} {severity}", &SOME).expect("a template");

        assert_eq!(template.fill(|_| "{number}".into()), "{number} {number}");
    }

    #[test]
    fn a_template_that_cannot_be_filled_is_refused_with_what_can() {
        let refused = |text| Template::read(text, &SOME).expect_err(text).to_string();

        assert_eq!(
            refused("{summary} is down"),
            "has a place {summary} that is not filled here; known are {number}, {severity}"
        );
        for text in ["{number", "number}", "a { b", "{"] {
            assert!(refused(text).contains("brace"), "{text}");
        }
        assert_eq!(refused("  "), "is empty");
    }
}

//! What a text must be like for a rule to be for its alert.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, de};

/// The longest pattern anybody may write, in bytes.
const LONGEST: usize = 1000;

/// How much a regular expression may grow to when it is made ready, in bytes. Matching takes a time
/// that grows with the text alone, whatever the expression.
const LARGEST_EXPRESSION: usize = 1 << 20;

/// What a text must be like: one form, or several of which one must fit. Case never counts.
///
/// `*` stands for any characters and `?` for one; `/…/` is a regular expression that may fit
/// anywhere; with `!` before it, a form must not fit.
#[derive(Clone, Debug)]
pub struct Pattern {
    forms: Vec<Form>,
}

/// One form, made ready once.
#[derive(Clone, Debug)]
struct Form {
    written: String,
    forbids: bool,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// In lower case.
    Wildcards(Vec<char>),
    Expression(Box<Regex>),
}

impl Pattern {
    /// A pattern of these forms.
    ///
    /// # Errors
    /// What is wrong with a form, and what to write instead.
    pub fn new(written: &[&str]) -> Result<Self, String> {
        if written.is_empty() {
            return Err("an empty list fits nothing: write a pattern, or leave it out".into());
        }
        Ok(Self { forms: written.iter().map(|one| Form::new(one)).collect::<Result<_, _>>()? })
    }

    /// Whether a text is like this: like none that is forbidden, and like one of the others if there
    /// are any.
    pub fn fits(&self, text: &str) -> bool {
        let (mut wanted, mut found) = (false, false);
        for form in &self.forms {
            let fits = form.shape.fits(text);
            if form.forbids && fits {
                return false;
            }
            wanted |= !form.forbids;
            found |= !form.forbids && fits;
        }
        found || !wanted
    }

    /// Whether what is not there is like this: it is when the pattern only forbids.
    pub fn fits_nothing(&self) -> bool {
        self.forms.iter().all(|form| form.forbids)
    }
}

/// As it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, form) in self.forms.iter().enumerate() {
            let between = if place == 0 { "" } else { " or " };
            write!(f, "{between}{:?}", form.written)?;
        }
        Ok(())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let written = |pattern: &Self| -> Vec<String> {
            pattern.forms.iter().map(|form| form.written.clone()).collect()
        };
        written(self) == written(other)
    }
}

impl Eq for Pattern {}

impl Form {
    fn new(written: &str) -> Result<Self, String> {
        if written.len() > LONGEST {
            return Err(format!(
                "a pattern has at most {LONGEST} bytes, this has {}",
                written.len()
            ));
        }
        let (forbids, form) = match written.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, written),
        };
        let expression = form.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let shape = match expression {
            Some("") => return Err("// is an empty expression: write * for any text".into()),
            Some(expression) => Shape::Expression(Box::new(compiled(expression)?)),
            None => Shape::Wildcards(form.to_lowercase().chars().collect()),
        };
        Ok(Self { written: written.to_owned(), forbids, shape })
    }
}

/// A regular expression made ready, or what is wrong with it in one line.
fn compiled(expression: &str) -> Result<Regex, String> {
    let made = RegexBuilder::new(expression)
        .case_insensitive(true)
        .size_limit(LARGEST_EXPRESSION)
        .dfa_size_limit(LARGEST_EXPRESSION)
        .build();
    made.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            format!("the expression /{expression}/ grows too large: write smaller repetitions")
        }
        error => {
            // The last line says what is wrong; those before it draw where.
            let said = error.to_string();
            let last = said.lines().last().unwrap_or_default();
            let why = last.trim_start_matches("error: ");
            format!("/{expression}/ is no regular expression: {why}")
        }
    })
}

impl Shape {
    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Expression(expression) => expression.is_match(text),
            Self::Wildcards(pattern) => fits_wildcards(pattern, text),
        }
    }
}

fn fits_wildcards(pattern: &[char], text: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut at, mut read) = (0, 0);
    // The last star, and how much of the text it has taken: one step back is all that is
    // ever needed, so no pattern takes more than its length times the text's.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> de::Visitor<'de> for Written {
            type Value = Pattern;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pattern such as \"mail-*\", or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Pattern, E> {
                Pattern::new(&[text]).map_err(E::custom)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Pattern, A::Error> {
                let mut written: Vec<String> = Vec::new();
                while let Some(one) = list.next_element()? {
                    written.push(one);
                }
                let written: Vec<&str> = written.iter().map(String::as_str).collect();
                Pattern::new(&written).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

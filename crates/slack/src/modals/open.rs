//! The form that opens an incident. Only the summary must be filled in.

use serde_json::{Value, json};
use sima_incident::{
    DomainKey, Impact, Incident, IncidentId, MAX_SUMMARY, MAX_TEXT, MessageRef, Policy, Severity,
    assess,
};

use super::{FieldErrors, Rejected, fields};
use crate::{actions, messages, messages::severity_badge, requests::View};

/// The `callback_id`.
pub(super) const CALLBACK: &str = "open_incident";

/// The block of the summary, which must be filled in.
pub(super) const SUMMARY: &str = "summary";
const DOMAIN: &str = "domain";
const SEVERITY: &str = "severity";
/// How the blocks of questions about the impact begin; the question itself follows.
const QUESTION: &str = "question:";
/// The choice of the severity that the answers propose.
const AS_ANSWERED: &str = "as_answered";
const DESCRIPTION: &str = "description";
const IMPACT: &str = "impact";
const MARKS: &str = "marks";
const PRIVATE: &str = "private";
const DRILL: &str = "drill";

/// What is filled in already when the form is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefill {
    /// What is broken.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Which part of the business; the default one if none.
    pub domain: Option<DomainKey>,
    /// How bad it is; the default one if none.
    pub severity: Option<Severity>,
    /// Whether it is hidden.
    pub private: bool,
    /// Whether it is practice.
    pub drill: bool,
    /// How many clients are affected, as typed.
    pub impact: String,
    /// What was answered about the impact: questions and answers.
    pub answers: Vec<(String, String)>,
    /// What looks like it: one may join one of them instead.
    pub alike: Vec<Incident>,
}

/// What the form keeps about where it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Where the answer goes.
    pub response_url: Option<String>,
    /// The channel where it was asked for.
    pub channel: Option<String>,
    /// The message it was opened from.
    pub link: Option<String>,
    /// What to reply to about it: that message, or the one that began its thread.
    pub message: Option<MessageRef>,
}

/// The form filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenForm {
    /// What is broken.
    pub summary: String,
    /// Which part of the business, as chosen; unchecked.
    pub domain: Option<DomainKey>,
    /// How bad it is, as chosen; unchecked. Nothing if the answers shall say it.
    pub severity: Option<Severity>,
    /// What was answered about the impact: questions and answers; unchecked.
    pub answers: Vec<(String, String)>,
    /// More about it.
    pub description: Option<String>,
    /// How many clients are affected.
    pub impact: Impact,
    /// Whether it is hidden.
    pub private: bool,
    /// Whether it is practice.
    pub drill: bool,
    /// Where it was asked for.
    pub kept: Kept,
}

/// The form as it is shown to somebody who opens an incident from a message: what it says is
/// quoted, with the name of whoever wrote it.
pub fn quoting(text: &str, author: Option<&str>) -> Prefill {
    let said = crate::commands::plain(text);
    let said = said.trim();
    let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let by = author.map_or_else(|| ":".to_owned(), |author| format!(" by {author}:"));
    // What is too long for the field is cut there, and can be read under the link.
    let longest = MAX_TEXT.saturating_sub(by.chars().count() + 20);
    let quoted: String = said.chars().take(longest).collect();
    let description =
        if quoted.is_empty() { String::new() } else { format!("Message{by}\n“{quoted}”") };
    let summary = if first.chars().count() > MAX_SUMMARY {
        messages::plain_line(first, MAX_SUMMARY)
    } else {
        first.to_owned()
    };
    Prefill { summary, description, ..Prefill::default() }
}

/// The form.
pub fn open(policy: &Policy, prefill: &Prefill, kept: &Kept) -> Value {
    let domains = policy
        .domains
        .iter()
        .filter_map(|domain| fields::option(&domain.name, &domain.key.0, None))
        .collect();
    let domain = prefill.domain.as_ref().unwrap_or(&policy.default_domain);
    // A summary longer than the field goes on in the description, so that nothing is lost.
    let too_long = prefill.summary.chars().count() > MAX_SUMMARY;
    let description = match (too_long, prefill.description.is_empty()) {
        (true, true) => &prefill.summary,
        _ => &prefill.description,
    };
    let mut blocks = vec![fields::input(
        SUMMARY,
        "What is broken?",
        false,
        fields::text(&prefill.summary, "Checkout answers 500 for card payments", MAX_SUMMARY),
    )];
    fields::heard_while_typed(&mut blocks[0]);
    blocks.extend(messages::alike(&prefill.alike, policy));
    blocks.extend(
        fields::choice(domains, &domain.0)
            .map(|choice| fields::input(DOMAIN, "Which part of the business?", true, choice)),
    );
    blocks.extend(how_bad(prefill, policy));
    blocks.push(fields::input(
        DESCRIPTION,
        "What do you see?",
        true,
        fields::lines(description, "Since when, where, what was tried", MAX_TEXT),
    ));
    blocks.push(fields::advised(
        fields::input(IMPACT, "How many clients are affected?", true, number(&prefill.impact)),
        "An estimate helps. Leave it empty while nobody knows.",
    ));
    blocks.push(fields::input(MARKS, "Anything special?", true, marks(prefill)));
    fields::modal(CALLBACK, "Open an incident", "Open", &keep(kept, prefill, policy), &blocks)
}

/// What is asked about the impact, what follows from the answers, and the severity itself.
fn how_bad(prefill: &Prefill, policy: &Policy) -> Vec<Value> {
    let questions = &policy.impact_questions;
    let mut blocks: Vec<Value> = questions
        .iter()
        .filter_map(|question| {
            let answers = question.answers.iter();
            let options =
                answers.filter_map(|answer| fields::option(&answer.say, &answer.say, None));
            let given = prefill.answers.iter().find(|(asked, _)| *asked == question.ask);
            let said = given.map_or("", |(_, said)| said.as_str());
            let choice = fields::choice(options.collect(), said)?;
            let mut input =
                fields::input(&format!("{QUESTION}{}", question.ask), &question.ask, true, choice);
            fields::heard_at_once(&mut input);
            Some(input)
        })
        .collect();
    blocks.extend(assess(questions, &prefill.answers).map(|found| messages::proposed(&found)));
    let as_answered = (!questions.is_empty()).then(|| {
        let until = format!("{} as long as nothing is answered", policy.default_severity);
        fields::option("As the answers say", AS_ANSWERED, Some(&until))
    });
    let severities = policy.severities.iter().filter_map(|rule| {
        let name = format!("{} {}", severity_badge(rule.severity), rule.severity);
        fields::option(&name, &rule.severity.to_string(), Some(&rule.meaning))
    });
    let options: Vec<Value> = as_answered.into_iter().flatten().chain(severities).collect();
    let chosen = match prefill.severity {
        Some(severity) => severity.to_string(),
        None if questions.is_empty() => policy.default_severity.to_string(),
        None => AS_ANSWERED.to_owned(),
    };
    blocks.extend(fields::choice(options, &chosen).map(|choice| {
        let input = fields::input(SEVERITY, "How bad is it?", true, choice);
        fields::advised(input, "Between two, take the worse. It can be changed at any time.")
    }));
    blocks
}

/// What stands in the form while somebody fills it in.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What is filled in, so that it can be shown again; without what looks like it.
    pub prefill: Prefill,
    /// What the form keeps.
    pub kept: Kept,
    /// The look-alikes it shows.
    pub alike: Vec<IncidentId>,
    /// The severity it shows to follow from the answers.
    pub proposed: Option<Severity>,
}

/// Reads the form before it is submitted; nothing if the view is another, or a block was used that
/// is none of its fields.
pub fn draft(view: &View, block: &str) -> Option<Draft> {
    if view.callback_id != CALLBACK || !(block == SUMMARY || block.starts_with(QUESTION)) {
        return None;
    }
    let state = &view.state;
    let prefill = Prefill {
        summary: state.typed(SUMMARY).unwrap_or_default(),
        description: state.typed(DESCRIPTION).unwrap_or_default(),
        domain: state.chosen(DOMAIN).map(DomainKey),
        severity: state.chosen(SEVERITY).and_then(|severity| severity.parse().ok()),
        private: state.is_ticked(MARKS, PRIVATE),
        drill: state.is_ticked(MARKS, DRILL),
        impact: state.typed(IMPACT).unwrap_or_default(),
        answers: state.all_chosen(QUESTION),
        alike: Vec::new(),
    };
    let kept: Value = serde_json::from_str(&view.private_metadata).unwrap_or_default();
    let shown = kept.get("alike").and_then(Value::as_array).into_iter().flatten();
    let alike = shown.filter_map(Value::as_str).filter_map(actions::incident).collect();
    let proposed = kept.get("proposed").and_then(Value::as_str);
    let proposed = proposed.and_then(|proposed| proposed.parse().ok());
    Some(Draft { prefill, kept: recall(&view.private_metadata), alike, proposed })
}

/// A whole number of clients.
fn number(initial: &str) -> Value {
    let mut element =
        json!({ "type": "number_input", "is_decimal_allowed": false, "min_value": "0" });
    if !initial.is_empty() && initial.bytes().all(|byte| byte.is_ascii_digit()) {
        element["initial_value"] = json!(initial);
    }
    element
}

/// The two boxes.
fn marks(prefill: &Prefill) -> Value {
    let boxes = [
        (
            "🔒 Private",
            PRIVATE,
            "Security, personal data, legal: for members alone",
            prefill.private,
        ),
        ("🎓 Drill", DRILL, "Practice: pages nobody, counts nowhere", prefill.drill),
    ];
    let offered: Vec<(Value, bool)> = boxes
        .into_iter()
        .filter_map(|(text, value, meaning, ticked)| {
            fields::option(text, value, Some(meaning)).map(|option| (option, ticked))
        })
        .collect();
    let options: Vec<&Value> = offered.iter().map(|(option, _)| option).collect();
    let ticked: Vec<&Value> =
        offered.iter().filter(|(_, ticked)| *ticked).map(|(option, _)| option).collect();
    let mut element = json!({ "type": "checkboxes", "options": options });
    if !ticked.is_empty() {
        element["initial_options"] = json!(ticked);
    }
    element
}

/// What the form keeps, within Slack's 3,000 characters: an address too long for it is left out.
fn keep(kept: &Kept, prefill: &Prefill, policy: &Policy) -> String {
    let proposed = assess(&policy.impact_questions, &prefill.answers).map(|found| found.proposed);
    let short = |address: &Option<String>| {
        address.clone().filter(|address| address.chars().count() <= 1300)
    };
    json!({
        "response_url": short(&kept.response_url),
        "channel": short(&kept.channel).filter(|channel| channel.len() <= 100),
        "link": short(&kept.link).filter(|link| link.chars().count() <= 1250),
        "message": kept.message.as_ref().map(|message| json!([message.channel, message.ts])),
        "alike": prefill.alike.iter().map(|incident| incident.id.to_string()).collect::<Vec<_>>(),
        "proposed": proposed.map(|proposed| proposed.to_string()),
    })
    .to_string()
}

/// Reads the form filled in.
pub(super) fn read(view: &View) -> Result<OpenForm, Rejected> {
    let state = &view.state;
    let mut errors = FieldErrors::default();
    let summary = state.typed(SUMMARY).unwrap_or_default().trim().to_owned();
    if summary.is_empty() {
        let advice = "Say in one line what is broken; everything else can wait.";
        errors.0.insert(SUMMARY, advice.to_owned());
    }
    let impact = match state.typed(IMPACT) {
        None => Some(Impact::Unknown),
        Some(typed) => crate::commands::clients(&typed),
    };
    if impact.is_none() {
        let advice = "Give a whole number of clients, 0 or more, or leave it empty.";
        errors.0.insert(IMPACT, advice.to_owned());
    }
    let Some(impact) = impact.filter(|_| errors.0.is_empty()) else {
        return Err(Rejected::Fields(errors));
    };
    Ok(OpenForm {
        summary,
        domain: state.chosen(DOMAIN).map(DomainKey),
        severity: state.chosen(SEVERITY).and_then(|severity| severity.parse().ok()),
        answers: state.all_chosen(QUESTION),
        description: state.typed(DESCRIPTION),
        impact,
        private: state.is_ticked(MARKS, PRIVATE),
        drill: state.is_ticked(MARKS, DRILL),
        kept: recall(&view.private_metadata),
    })
}

/// What the form kept; nothing of what is not as it was given.
fn recall(private_metadata: &str) -> Kept {
    let kept: Value = serde_json::from_str(private_metadata).unwrap_or_default();
    let text = |name: &str| {
        kept.get(name).and_then(Value::as_str).filter(|text| text.len() <= 3000).map(str::to_owned)
    };
    Kept {
        response_url: text("response_url"),
        channel: text("channel"),
        link: text("link"),
        message: message(&kept),
    }
}

/// The message the form kept, if it is named as Slack names messages.
fn message(kept: &Value) -> Option<MessageRef> {
    let part = |at: &str| kept.pointer(at).and_then(Value::as_str);
    let (channel, ts) = (part("/message/0")?, part("/message/1")?);
    let is_channel = channel.len() <= 30
        && channel.starts_with(['C', 'D', 'G'])
        && channel.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_ts = ts.len() <= 30
        && ts.split_once('.').is_some_and(|(seconds, micros)| {
            [seconds, micros]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
    (is_channel && is_ts).then(|| MessageRef { channel: channel.to_owned(), ts: ts.to_owned() })
}

//! What is posted once into the channel, and under the broadcast for those who follow.

use serde_json::Value;
use sima_incident::{Absentee, EscalateTo, Incident, Notice, PersonId, Policy};

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    frontline, mention,
    moment::{moment, span, time},
    privacy::STAYS,
};
use crate::actions::Action;

/// So many who could not be invited are named; the line stays a line.
const MOST_ABSENTEES: usize = 6;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Those in the incident channel: they work on it.
    Channel,
    /// Those who follow the broadcast: they want to know.
    Followers,
}

/// A notice about an incident.
pub fn notice(
    notice: &Notice,
    incident: &Incident,
    policy: &Policy,
    audience: Audience,
) -> Message {
    let told = match notice {
        Notice::Update { text, by, stage, next_due } => {
            let next = next_due.map(|due| format!(" · ⏱️ next update by {}", time(due)));
            Told {
                heading: format!(
                    "{} *{stage}* · update by {}",
                    badge::of_stage(*stage),
                    mention::actor(by)
                ),
                words: Some(text),
                small: next.unwrap_or_default(),
                steps: vec![buttons::button(
                    "📣 Next update",
                    &Action::OpenUpdateForm(incident.id),
                )],
            }
        }
        Notice::UpdateWanted { due } => Told {
            heading: format!(
                "⏱️ *The next update is promised by {}*, and nobody is communication lead",
                time(*due)
            ),
            words: None,
            small: String::new(),
            steps: std::iter::once(buttons::first(
                "📣 Post update",
                &Action::OpenUpdateForm(incident.id),
            ))
            .chain(buttons::vacancies(incident))
            .collect(),
        },
        Notice::Recovered { by, at } => {
            let window = span(policy.stability_window);
            Told {
                heading: format!(
                    "✅ *Recovered* · back to normal since {}, says {}\nIt lasted {}.",
                    moment(*at),
                    mention::actor(by),
                    span(at.duration_since(incident.times.started())),
                ),
                words: None,
                small: match audience {
                    Audience::Channel => {
                        format!(" · if it holds for {window}, the learning begins")
                    }
                    Audience::Followers => String::new(),
                },
                steps: vec![
                    buttons::first("⏭️ It holds: begin now", &Action::SettleNow(incident.id)),
                    buttons::button("↩️ Reopen", &Action::OpenReopenForm(incident.id)),
                ],
            }
        }
        Notice::Reopened { by, reason } => Told {
            heading: format!("↩️ *Reopened* by {}: it was not over", mention::actor(by)),
            words: Some(reason),
            small: String::new(),
            steps: buttons::next_steps(incident),
        },
        Notice::Dismissed { by, reason } => Told {
            heading: format!("🚫 *Not an incident*, says {}: {reason}", mention::actor(by)),
            words: None,
            small: " · nothing else will follow".to_owned(),
            steps: vec![buttons::button("🚨 Open another incident", &Action::OpenForm)],
        },
        Notice::PostmortemReady { url } => Told {
            heading: format!(
                "📝 *The post-mortem is ready to be completed*: {}",
                mention::link(url, "read it")
            ),
            words: None,
            small: String::new(),
            steps: postmortem_steps(url, incident),
        },
        Notice::AlertResolved { title, at } => Told {
            heading: format!("☑️ *The alert cleared* at {}. Is it over?", time(*at)),
            // The incident's own title stands below anyway.
            words: (*title != incident.summary).then_some(title),
            small: String::new(),
            steps: vec![
                buttons::recovered(incident),
                buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)),
            ],
        },
        Notice::AlertsCleared { count, at } => Told {
            heading: format!(
                "☑️ *All {} alerts cleared*, the last at {}. Is it over?",
                badge::grouped((*count).into()),
                time(*at)
            ),
            words: None,
            small: String::new(),
            steps: vec![
                buttons::recovered(incident),
                buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)),
            ],
        },
        Notice::Worsened { from, to, title } => Told {
            heading: format!("📈 *{to} now*, it was {from}: a monitor sees it worse"),
            words: (*title != incident.summary).then_some(title),
            small: String::new(),
            steps: buttons::next_steps(incident),
        },
        Notice::PageResolved { by, at } => Told {
            heading: format!(
                "☑️ *The page was resolved* in PagerDuty at {} by {}. Is it over?",
                time(*at),
                mention::actor(by)
            ),
            words: None,
            small: String::new(),
            steps: vec![
                buttons::recovered(incident),
                buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)),
            ],
        },
        Notice::Escalated { by, to, reason } => Told {
            heading: format!("📟 *Escalated* by {} to {}", mention::actor(by), whom(to, policy)),
            words: Some(reason),
            small: String::new(),
            steps: buttons::next_steps(incident),
        },
        Notice::QuestionWaits { by, question, text } => Told {
            heading: format!(
                "❓ *A question from those who answer customers*, asked by {}; nobody is \
                 communication lead yet",
                mention::actor(by)
            ),
            words: Some(text),
            small: " · the answer reaches all who asked".to_owned(),
            steps: std::iter::once(frontline::answer_button(incident, *question))
                .chain(buttons::vacancies(incident))
                .collect(),
        },
        Notice::Answered { by, questions, text } => Told {
            heading: format!(
                "💬 *Answered* by {}: {}",
                mention::actor(by),
                asked(incident, questions)
            ),
            words: Some(text),
            small: String::new(),
            steps: Vec::new(),
        },
        Notice::WordingApproved { by, text } => Told {
            heading: format!("💬 *Customers may be told*, says {}", mention::actor(by)),
            words: Some(text),
            small: String::new(),
            steps: Vec::new(),
        },
        Notice::MadePrivate { by } => Told {
            heading: format!(
                "🔒 *{} is private now*, says {}. SIMA shows it nowhere else any more.\n{STAYS}",
                incident.number,
                mention::actor(by)
            ),
            words: None,
            small: " · what the pager, a status page or Notion were told stays there".to_owned(),
            steps: vec![buttons::invite(incident)],
        },
        Notice::NotInvited { people } => Told {
            heading: format!("⚠️ *Not everybody could be invited*: {}", absentees(people)),
            words: None,
            // Whom somebody asked for by name is in no configuration.
            small: if people.iter().any(|absent| incident.guests.contains(&absent.who)) {
                " · tell them another way, or invite somebody else".to_owned()
            } else {
                " · whoever runs SIMA can correct the stakeholders and the user groups".to_owned()
            },
            steps: Vec::new(),
        },
        Notice::Trouble { what, why } => Told {
            heading: format!("⚠️ *SIMA could not {}*", line(what, 150)),
            words: Some(why),
            small: " · please do it by hand".to_owned(),
            steps: Vec::new(),
        },
    };
    told.render(incident, audience)
}

/// Who is called, in markup: a person or a group hears of it.
fn whom(to: &EscalateTo, policy: &Policy) -> String {
    match to {
        EscalateTo::NextLevel => "the next in line".to_owned(),
        EscalateTo::Domain(domain) => {
            format!("the on-call person of *{}*", line(policy.domain_name(domain), 80))
        }
        EscalateTo::Person(person) => mention::person(person),
        EscalateTo::Policy(name) => format!("the escalation policy *{}*", line(name, 80)),
        EscalateTo::Group(group) => mention::group(group),
    }
}

/// What was asked, in one line.
fn asked(incident: &Incident, questions: &[u32]) -> String {
    let kept = questions.iter().filter_map(|number| incident.frontline.question(*number));
    let asked: Vec<String> = kept.take(3).map(|question| line(&question.text, 200)).collect();
    asked.join(" · ")
}

/// Who could not be invited, and why.
fn absentees(people: &[Absentee]) -> String {
    let mut named: Vec<String> = people
        .iter()
        .take(MOST_ABSENTEES)
        .map(|person| {
            let who = mention::person(&PersonId(person.who.clone()));
            format!("{who} ({})", line(&person.why, 100))
        })
        .collect();
    let more = people.len().saturating_sub(MOST_ABSENTEES);
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}

/// What one can do about a post-mortem.
fn postmortem_steps(url: &str, incident: &Incident) -> Vec<Value> {
    let mut steps = Vec::new();
    if buttons::is_web_address(url) {
        steps.push(buttons::link("📝 Read and complete it", url));
    }
    steps.push(buttons::button("🏁 Close", &Action::Close(incident.id)));
    steps
}

/// The parts of a notice.
struct Told<'t> {
    /// What happened, in markup.
    heading: String,
    /// What somebody wrote about it.
    words: Option<&'t str>,
    /// Small print after the incident's number, with its own separator.
    small: String,
    /// What those who work on it can do.
    steps: Vec<Value>,
}

impl Told<'_> {
    fn render(self, incident: &Incident, audience: Audience) -> Message {
        let mut shown = vec![blocks::section(&self.heading)];
        shown.extend(self.words.map(|words| blocks::words(words, 2900)));
        let about = format!(
            "{} {} · {} · {}{}",
            badge::of_severity(incident.severity),
            incident.severity,
            incident.number,
            line(&incident.summary, 300),
            self.small
        );
        shown.push(blocks::context(&about));
        let mut steps = match audience {
            Audience::Channel => self.steps,
            // Those who follow are not asked to do what those who work on it do; a link is for all.
            Audience::Followers => {
                self.steps.into_iter().filter(|step| step.get("url").is_some()).collect()
            }
        };
        steps.push(buttons::info(incident));
        shown.extend(blocks::actions(steps));
        let mut text = format!("{} · {}", incident.number, self.heading);
        if let Some(words) = self.words {
            text.push_str(" — ");
            text.push_str(&line(words, 600));
        }
        Message { text, blocks: shown }
    }
}

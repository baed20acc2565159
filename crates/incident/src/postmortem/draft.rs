//! Writes the post-mortem of an incident: what is known is filled in, the rest is asked.

use crate::{
    Event, Impact, Incident, PersonId, Policy, Recorded, Role, Severity,
    figures::{self, Measured},
    named,
    postmortem::{
        Block, Document, Fact, Section, Text, TimelineRow, date_and_time, in_words, is_bookkeeping,
        who, words::impact_in_words, zone_name,
    },
    told,
};

/// Drafts the post-mortem from an incident and its events, oldest first.
///
/// `name_of` gives a person's name as others read it.
pub fn draft(
    incident: &Incident,
    events: &[Recorded],
    policy: &Policy,
    name_of: &dyn Fn(&PersonId) -> String,
) -> Document {
    let facts = Known { incident, events, policy, name_of };
    Document {
        title: format!("{}: {}", incident.number, incident.summary),
        zone: policy.time_zone.clone(),
        sections: vec![
            facts.summary(),
            facts.impact(),
            facts.key_times(),
            facts.people(),
            facts.timeline(),
            prompt(
                "Root cause",
                "Why could this happen? Go past the trigger to what let it through, and name the \
                 class of cause.",
            ),
            prompt("What went well", "What helped, and should be kept?"),
            prompt("What went badly", "What cost time, or made it worse?"),
            prompt("Where we got lucky", "What could have made it much worse, and did not?"),
            action_items(),
            prompt("Lessons", "What do we know now that others should know too?"),
        ],
    }
}

/// Everybody the document names, each once: whose names [`draft`] will ask for.
pub fn people(incident: &Incident, events: &[Recorded]) -> Vec<PersonId> {
    let reporter = incident.reporter.person();
    let named_in_events = events.iter().flat_map(|recorded| {
        let others: Vec<PersonId> = match &recorded.event {
            Event::RoleTaken { person, .. }
            | Event::RoleDropped { person, .. }
            | Event::Reminded { person, .. }
            | Event::ReminderCalled { person: Some(person) }
            | Event::PersonJoined { person, .. } => vec![person.clone()],
            Event::MessageCaptured { said, .. } | Event::CaptureEdited { said, .. } => {
                named(&said.text).map(|id| PersonId(id.to_owned())).collect()
            }
            _ => Vec::new(),
        };
        recorded.by.person().cloned().into_iter().chain(others)
    });
    let mut people: Vec<PersonId> = Vec::new();
    for person in reporter.cloned().into_iter().chain(named_in_events) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

/// What is known when the draft is written.
struct Known<'a> {
    incident: &'a Incident,
    events: &'a [Recorded],
    policy: &'a Policy,
    name_of: &'a dyn Fn(&PersonId) -> String,
}

impl Known<'_> {
    fn summary(&self) -> Section {
        let incident = self.incident;
        let mut blocks = vec![Block::Paragraph(Text::bold(&incident.summary))];
        blocks.extend(
            incident
                .description
                .iter()
                .flat_map(|description| description.split("\n\n"))
                .map(str::trim)
                .filter(|paragraph| !paragraph.is_empty())
                .map(|paragraph| Block::Paragraph(Text::plain(paragraph))),
        );
        let mut facts = vec![
            fact("Incident", self.sima_link()),
            fact("Domain", Text::plain(self.policy.domain_name(&incident.domain))),
            fact("Severity", Text::plain(self.severity())),
            fact("Stage", Text::plain(incident.stage.name().label())),
        ];
        if incident.is_drill() {
            facts.push(fact("Kind", Text::plain("drill: it counts nowhere")));
        }
        if let Some(channel) = &incident.channel {
            facts.push(fact("Channel", Text::plain(format!("#{}", channel.name))));
        }
        blocks.push(Block::Facts(facts));
        if !incident.links.is_empty() {
            let links = incident.links.iter().map(|link| Text::link(link, link)).collect();
            blocks.push(Block::Paragraph(Text::plain("Opened from:")));
            blocks.push(Block::Bullets(links));
        }
        section("Summary", blocks)
    }

    fn sima_link(&self) -> Text {
        let number = self.incident.number;
        Text::link(number.to_string(), format!("{}/i/{number}", self.policy.public_url))
    }

    fn severity(&self) -> String {
        let Incident { severity, worst_severity, .. } = self.incident;
        let meaning = |severity: Severity| {
            self.policy
                .severity(severity)
                .map(|rule| format!("{severity} ({})", rule.meaning))
                .unwrap_or(severity.to_string())
        };
        if severity == worst_severity {
            meaning(*severity)
        } else {
            format!("{}; at worst {}", meaning(*severity), meaning(*worst_severity))
        }
    }

    /// How many were affected, and how that came to be known.
    fn impact(&self) -> Section {
        let mut blocks = vec![Block::Facts(vec![fact(
            "Clients affected",
            Text::plain(impact_in_words(self.incident.impact)),
        )])];
        let history: Vec<(&Recorded, Impact)> = self
            .events
            .iter()
            .filter_map(|recorded| match recorded.event {
                Event::Declared { impact, .. } => Some((recorded, impact)),
                Event::ImpactChanged { to, .. } => Some((recorded, to)),
                _ => None,
            })
            .collect();
        if history.len() > 1 {
            let lines = history.into_iter().map(|(recorded, impact)| {
                Text::plain(format!(
                    "{}: {} said {}",
                    self.time(recorded.happened_at),
                    self.who(recorded),
                    impact_in_words(impact)
                ))
            });
            blocks.push(Block::Paragraph(Text::plain("As it became known:")));
            blocks.push(Block::Bullets(lines.collect()));
        }
        blocks.push(Block::Prompt(
            "What did clients notice, and what did it cost them and us?".into(),
        ));
        section("Impact", blocks)
    }

    /// When each thing was true, and the three durations.
    fn key_times(&self) -> Section {
        let times = &self.incident.times;
        let known = |at: Option<jiff::Timestamp>| at.map(|at| self.time(at));
        let started = known(times.started_at).unwrap_or_else(|| {
            format!("{} (nobody said; counted from opening)", self.time(times.opened_at))
        });
        let rows = [
            ("Started", Some(started)),
            ("Detected", known(times.detected_at)),
            ("Opened", Some(self.time(times.opened_at))),
            ("Acknowledged", known(times.acknowledged_at)),
            ("Cause known", known(times.identified_at)),
            ("Impact stopped", known(times.mitigated_at)),
            ("Recovered", known(times.recovered_at)),
        ];
        let mut facts: Vec<Fact> = rows
            .into_iter()
            .map(|(label, at)| {
                fact(label, Text::plain(at.unwrap_or_else(|| "not recorded".into())))
            })
            .collect();
        let durations = figures::durations(self.incident);
        let measured = [
            ("Time to acknowledge (opened to acknowledged)", durations.time_to_acknowledge),
            ("Time to repair (acknowledged to recovered)", durations.time_to_repair),
            ("Time to recover (started to recovered)", durations.time_to_recover),
        ];
        facts.extend(measured.map(|(label, duration)| fact(label, measured_in_words(duration))));
        let mut blocks = vec![Block::Facts(facts)];
        if self.incident.reopened > 0 {
            blocks.push(Block::Paragraph(Text::plain("It was felt in more than one spell:")));
            let spells = self.incident.outages.iter().map(|spell| {
                let until = spell.until.map_or("still lasting".into(), |until| self.time(until));
                Text::plain(format!("{} – {until}", self.time(spell.from)))
            });
            blocks.push(Block::Bullets(spells.collect()));
        }
        section("Key times", blocks)
    }

    /// Who opened it, who held which role, who else took part.
    fn people(&self) -> Section {
        let mut named = Vec::new();
        let mut facts =
            vec![fact("Reporter", Text::plain(who(&self.incident.reporter, self.name_of)))];
        named.extend(self.incident.reporter.person());
        for role in Role::ALL {
            let holders = self.holders(role);
            let names: Vec<String> = holders.iter().map(|person| (self.name_of)(person)).collect();
            let names = if names.is_empty() { "nobody".into() } else { names.join(", then ") };
            facts.push(fact(capitalised(role.name()), Text::plain(names)));
            named.extend(holders);
        }
        let mut others: Vec<String> = Vec::new();
        for recorded in self.events {
            // Coming in to look is not taking part.
            let Some(person) = recorded.by.person() else { continue };
            if is_bookkeeping(&recorded.event) || named.contains(&person) {
                continue;
            }
            named.push(person);
            others.push((self.name_of)(person));
        }
        if !others.is_empty() {
            facts.push(fact("Also took part", Text::plain(others.join(", "))));
        }
        section("People", vec![Block::Facts(facts)])
    }

    /// Everybody who held a role, in the order they took it.
    fn holders(&self, wanted: Role) -> Vec<&PersonId> {
        let mut holders: Vec<&PersonId> = Vec::new();
        for recorded in self.events {
            if let Event::RoleTaken { role, person } = &recorded.event
                && *role == wanted
                && !holders.contains(&person)
            {
                holders.push(person);
            }
        }
        holders
    }

    fn timeline(&self) -> Section {
        let mut rows: Vec<TimelineRow> = told(self.events)
            .iter()
            .filter(|recorded| !is_bookkeeping(&recorded.event))
            .map(|recorded| TimelineRow {
                at: recorded.at,
                happened_at: recorded.happened_at,
                who: self.who(recorded),
                what: in_words(recorded, self.policy, self.name_of),
            })
            .collect();
        // Stable: what was true at the same time stays in the order it was recorded.
        rows.sort_by_key(|row| row.happened_at);
        let zone = zone_name(&self.policy.time_zone, self.incident.times.opened_at);
        section(
            "Timeline",
            vec![
                Block::Paragraph(Text::plain(format!("Times are in {zone}."))),
                Block::Timeline(rows),
            ],
        )
    }

    fn time(&self, at: jiff::Timestamp) -> String {
        date_and_time(at, &self.policy.time_zone)
    }

    fn who(&self, recorded: &Recorded) -> String {
        who(&recorded.by, self.name_of)
    }
}

fn action_items() -> Section {
    section(
        "Action items",
        vec![
            Block::Prompt("Who changes what by when, so that it does not come back?".into()),
            Block::ToDo(vec![Text::plain("What · owner · due date")]),
        ],
    )
}

fn measured_in_words(measured: Measured) -> Text {
    match measured {
        Ok(took) => {
            let ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
            Text::bold(figures::in_words(ms))
        }
        Err(missing) => Text::plain(format!("not known: {}", missing.in_words())),
    }
}

fn prompt(heading: &str, question: &str) -> Section {
    section(heading, vec![Block::Prompt(question.into())])
}

fn section(heading: &str, blocks: Vec<Block>) -> Section {
    Section { heading: heading.into(), blocks }
}

fn fact(label: impl Into<String>, value: Text) -> Fact {
    Fact { label: label.into(), value }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

//! Writes the post-mortem of an incident: what is known is filled in, the rest is asked.

use crate::{
    Event, Impact, Incident, PersonId, Policy, Recorded, Role, Severity,
    figures::{self, Measured},
    postmortem::{
        Block, Document, Fact, Section, Text, TimelineRow, date_and_time, in_words, is_bookkeeping,
        who, words::impact_in_words, zone_name,
    },
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
    let named = events.iter().flat_map(|recorded| {
        let other = match &recorded.event {
            Event::RoleTaken { person, .. }
            | Event::RoleDropped { person, .. }
            | Event::PersonJoined { person } => Some(person),
            _ => None,
        };
        [recorded.by.person(), other]
    });
    let mut people: Vec<PersonId> = Vec::new();
    for person in std::iter::once(reporter).chain(named).flatten() {
        if !people.contains(person) {
            people.push(person.clone());
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
        let mut rows: Vec<TimelineRow> = self
            .events
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Command, Dismissal,
        postmortem::{
            story::{Story, malik, name_of, theo, time},
            to_markdown,
        },
    };

    fn drafted(story: &Story) -> Document {
        draft(&story.incident, &story.events, &story.policy, &name_of)
    }

    fn facts(document: &Document, heading: &str) -> Vec<(String, String)> {
        let section = document.sections.iter().find(|section| section.heading == heading);
        let blocks = section.map_or(&[][..], |section| &section.blocks);
        let facts = blocks.iter().filter_map(|block| match block {
            Block::Facts(facts) => Some(facts),
            _ => None,
        });
        facts.flatten().map(|fact| (fact.label.clone(), fact.value.read())).collect()
    }

    fn fact_of(document: &Document, heading: &str, label: &str) -> String {
        let facts = facts(document, heading);
        facts.into_iter().find(|(name, _)| name.starts_with(label)).expect("the fact").1
    }

    #[test]
    fn a_whole_incident_reads_like_this() {
        insta::assert_snapshot!(to_markdown(&drafted(&Story::lived())), @r#"
        # INC-42: Outbound email is &lt;stuck&gt; &amp; \*late\*

        ## Summary

        **Outbound email is &lt;stuck&gt; &amp; \*late\***

        420k messages wait.

        The oldest is 14 min old.

        - **Incident:** [INC-42](<https://sima.example/i/INC-42>)
        - **Domain:** Outbound Email
        - **Severity:** SEV1 (clients cannot work)
        - **Stage:** Recovered
        - **Channel:** #incident\_06\_30\_mail

        Opened from:

        - [https://grafana.example/d/abc](<https://grafana.example/d/abc>)

        ## Impact

        - **Clients affected:** 1,200 clients

        As it became known:

        - 2022-06-30 11:09:00 CEST: Inès said unknown
        - 2022-06-30 11:20:00 CEST: Théo said 1,200 clients

        > What did clients notice, and what did it cost them and us?

        ## Key times

        - **Started:** 2022-06-30 11:00:00 CEST
        - **Detected:** 2022-06-30 11:07:00 CEST
        - **Opened:** 2022-06-30 11:09:00 CEST
        - **Acknowledged:** 2022-06-30 11:13:30 CEST
        - **Cause known:** 2022-06-30 11:40:00 CEST
        - **Impact stopped:** 2022-06-30 11:51:00 CEST
        - **Recovered:** 2022-06-30 12:02:00 CEST
        - **Time to acknowledge (opened to acknowledged):** **4 min 30 s**
        - **Time to repair (acknowledged to recovered):** **48 min 30 s**
        - **Time to recover (started to recovered):** **1 h 2 min**

        ## People

        - **Reporter:** Inès
        - **Incident manager:** Nour
        - **Communication lead:** Théo
        - **Also took part:** Malik

        ## Timeline

        Times are in Europe/Rome.

        **2022-06-30**

        - **11:07:00** alertmanager reported “Queue eu1 is not draining” firing (recorded 11:10:00)
        - **11:09:00** Inès opened INC-42: Outbound email is &lt;stuck&gt; &amp; \*late\* (SEV2, Outbound Email)
        - **11:09:01** SIMA paged the on-call person
        - **11:13:30** Malik acknowledged it and started investigating
        - **11:14:00** Nour became incident manager
        - **11:15:00** Nour made Théo communication lead
        - **11:20:00** Théo changed the impact from unknown to 1,200 clients
        - **11:21:00** Nour raised the severity from SEV2 to SEV1
        - **11:30:00** Théo posted an update: We \*restart\* the \`relay\`.\
          \# Next: watch &lt;it&gt;
        - **11:40:00** Malik said that the cause is known and the repair under way
        - **11:51:00** Malik said that the impact has stopped
        - **12:01:00** alertmanager reported “Queue eu1 is not draining” resolved (recorded 12:06:00)
        - **12:02:00** Malik said that the system is back to normal (recorded 12:05:00)

        ## Root cause

        > Why could this happen? Go past the trigger to what let it through, and name the class of cause.

        ## What went well

        > What helped, and should be kept?

        ## What went badly

        > What cost time, or made it worse?

        ## Where we got lucky

        > What could have made it much worse, and did not?

        ## Action items

        > Who changes what by when, so that it does not come back?

        - [ ] What · owner · due date

        ## Lessons

        > What do we know now that others should know too?
        "#);
    }

    #[test]
    fn the_three_durations_are_those_of_the_definition() {
        let document = drafted(&Story::lived());
        let took = |label| fact_of(&document, "Key times", label);
        assert_eq!(took("Time to acknowledge"), "4 min 30 s");
        assert_eq!(took("Time to repair"), "48 min 30 s");
        assert_eq!(took("Time to recover"), "1 h 2 min");
    }

    #[test]
    fn what_was_not_recorded_is_not_invented() {
        let recover = Command::Recover { at: None };
        let story = Story::begins("It healed by itself").then("09:30:00", &theo(), recover);
        let document = drafted(&story);
        let known = |label| fact_of(&document, "Key times", label);
        assert_eq!(known("Acknowledged"), "not recorded");
        assert_eq!(known("Impact stopped"), "not recorded");
        assert_eq!(known("Time to acknowledge"), "not known: without a recorded time");
        assert_eq!(known("Time to repair"), "not known: without a recorded time");
        assert_eq!(known("Time to recover"), "30 min");
        assert_eq!(fact_of(&document, "People", "Incident manager"), "nobody");
    }

    #[test]
    fn a_start_nobody_gave_is_said_to_be_the_opening() {
        let mut story = Story::begins("It is down");
        story.incident.times.started_at = None;
        let started = fact_of(&drafted(&story), "Key times", "Started");
        assert_eq!(started, "2022-06-30 11:09:00 CEST (nobody said; counted from opening)");
    }

    #[test]
    fn each_spell_of_a_reopened_incident_is_named() {
        let reopen = Command::Reopen { reason: "Bounces again".into() };
        let story = Story::lived().then("11:00:00", &malik(), reopen).then(
            "11:30:00",
            &malik(),
            Command::Recover { at: None },
        );
        let markdown = to_markdown(&drafted(&story));
        assert!(markdown.contains("- 2022-06-30 11:00:00 CEST – 2022-06-30 12:02:00 CEST"));
        assert!(markdown.contains("- 2022-06-30 13:00:00 CEST – 2022-06-30 13:30:00 CEST"));
    }

    #[test]
    fn rows_stand_in_the_order_they_were_true() {
        let document = drafted(&Story::lived());
        let rows =
            document.sections.iter().flat_map(|section| &section.blocks).find_map(|block| {
                if let Block::Timeline(rows) = block { Some(rows) } else { None }
            });
        let rows = rows.expect("a timeline");
        assert!(rows.is_sorted_by_key(|row| row.happened_at));
        // The monitor saw it before anybody opened it.
        assert_eq!(rows[0].who, "alertmanager");
        assert_eq!(rows[0].happened_at, time("09:07:00"));
        // What only SIMA cares about is left out; the page is not.
        assert!(!rows.iter().any(|row| row.what.contains("channel")));
        assert!(rows.iter().any(|row| row.what == "paged the on-call person"));
    }

    #[test]
    fn everybody_named_is_asked_for_once() {
        let story = Story::lived();
        let people = people(&story.incident, &story.events);
        let people: Vec<&str> = people.iter().map(|person| person.0.as_str()).collect();
        assert_eq!(people, ["U0INES", "U0THEO", "U0MALIK", "U0NOUR"]);
    }

    #[test]
    fn a_dismissed_incident_counts_nowhere() {
        let dismiss = Command::Dismiss(Dismissal::FalsePositive);
        let document = drafted(&Story::begins("A test").then("09:10:00", &theo(), dismiss));
        let took = fact_of(&document, "Key times", "Time to recover");
        assert_eq!(took, "not known: not counted");
    }
}

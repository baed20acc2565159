//! The post-mortem of an incident the cast lived, and what becomes of gaps in it.

use super::{
    Block, Document, draft, people,
    story::{Story, malik, name_of, theo, time},
    to_markdown,
};
use crate::{Command, Dismissal};

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
    let rows = document
        .sections
        .iter()
        .flat_map(|section| &section.blocks)
        .find_map(|block| if let Block::Timeline(rows) = block { Some(rows) } else { None });
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

//! Escalating: somebody else is called, once for each time it is asked, and those in the channel know.

use secrecy::SecretString;
use serde_json::json;
use sima_incident::{EscalateTo, Event, IncidentNumber};
use sima_sandbox::{Fault, PagerIncident, Rule, Vendor};
use sima_store::OutboxView;

use crate::{
    seen::buttons,
    story::{Story, mins},
};

/// Checkout is down; Malik was paged, and the stage is set.
async fn begins() -> (Story, String) {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    (story, channel)
}

/// Payments has an integration of its own, with Théo on call.
async fn begins_with_payments() -> (Story, String) {
    let story = Story::begins_with_sandbox(|config, sandbox| {
        config.domains[0].routing_key = sandbox.routing_key_of("Payments").into();
    })
    .await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    (story, channel)
}

/// Waits until the one page is somebody's; by their user id.
async fn page_is_given_to(story: &Story, users: &[&str]) -> PagerIncident {
    story
        .until(&format!("the page is given to {users:?}"), |state| {
            let page = state.pager.incidents.first()?;
            let has: Vec<&str> = page.assigned.iter().map(|one| one.user.as_str()).collect();
            (has == users).then(|| page.clone())
        })
        .await
}

/// How often the pager was asked to change a page.
fn changes(story: &Story) -> usize {
    story.calls_of("incidents.update").len()
}

/// Malik does not answer: Nour comes next, once, however often the answer is lost on its way.
#[tokio::test]
async fn the_next_in_line_is_called_once_whatever_happens_to_the_answer() {
    let (story, channel) = begins().await;
    page_is_given_to(&story, &["PUSERMALIK"]).await;
    let lost = Rule::of(Vendor::PagerDuty, Fault::AnswerLost).on("incidents.update").times(1);
    story.sandbox.faults().set(lost);
    let told = story.types("ines", &channel, "escalate next Malik does not answer").await;
    assert!(told.contains("They are being called"), "{told}");
    let page = page_is_given_to(&story, &["PUSERNOUR"]).await;
    assert_eq!(page.status, "triggered");
    story.reads(&channel, "to the next in line").await;
    story.reads(&channel, "Malik does not answer").await;
    story.is_quiet().await;
    assert_eq!(changes(&story), 1, "it was done, and was not done again");
    let timeline = story.gets("/incidents/1").await.body;
    assert!(timeline.contains("escalated to the next in line: Malik does not"), "{timeline}");
    // Nobody comes after her: that is said, with what to do.
    story.types("ines", &channel, "escalate next Nobody answers").await;
    story.reads(&channel, "escalate to a person or to another domain").await;
    story.ends_having_given_up(&["escalate"]).await;
}

/// Somebody who knows payments is wanted: whoever is on call there gets a page of their own that
/// leads to the channel; that Malik is on it does not silence it, and it ends with the incident.
#[tokio::test]
async fn another_domain_gets_a_page_of_its_own() {
    let (story, channel) = begins_with_payments().await;
    story.types("nour", &channel, "escalate Payments: every card is declined").await;
    let page = story.pages(2).await.pop().expect("a page");
    assert_eq!(page.title, "[SEV3] You are asked to help: Checkout is down");
    assert_eq!(page.assigned[0].user, "PUSERTHEO");
    assert!(page.details.to_string().contains("every card is declined"), "{page:?}");
    assert!(page.links[0].to_string().contains("app_redirect"), "{page:?}");
    story.reads(&channel, "to the on-call person of *Payments*").await;
    story.is_quiet().await;
    story.types("malik", &channel, "ack").await;
    story.page_is("acknowledged").await;
    story.is_quiet().await;
    let statuses = |story: &Story| {
        let all = |state: &sima_sandbox::State| {
            let pages = state.pager.incidents.iter();
            pages.map(|page| page.status.clone()).collect::<Vec<_>>()
        };
        story.sandbox.read(all)
    };
    assert_eq!(statuses(&story), ["acknowledged", "triggered"]);
    // Théo takes it on his phone, and is in the channel.
    story.sandbox.acknowledge_page_as("theo", &page.id).expect("an open page");
    is_member(&story, &channel, "theo").await;
    story.types("malik", &channel, "recover").await;
    story
        .until("both are over", |state| {
            state.pager.incidents.iter().all(|page| page.status == "resolved").then_some(())
        })
        .await;
    story.ends().await;
}

/// Somebody is in the channel.
async fn is_member(story: &Story, channel: &str, person: &str) {
    let id = story.sandbox.person(person);
    story
        .until(&format!("{person} is in {channel}"), |state| {
            state.channel(channel)?.members.contains(&id).then_some(())
        })
        .await;
}

/// Théo is wanted himself: he is invited and called; Malik keeps the page.
#[tokio::test]
async fn a_person_is_invited_and_called() {
    let (story, channel) = begins().await;
    let theo = story.sandbox.person("theo");
    story.types("nour", &channel, &format!("escalate <@{theo}|theo> You know the queue")).await;
    page_is_given_to(&story, &["PUSERMALIK", "PUSERTHEO"]).await;
    is_member(&story, &channel, "theo").await;
    story.reads(&channel, &format!("to <@{theo}>")).await;
    story.reads(&channel, "You know the queue").await;
    story.is_quiet().await;
    // Again, and he has it already.
    story.types("nour", &channel, &format!("page <@{theo}|theo> Are you there?")).await;
    story.is_quiet().await;
    assert_eq!(changes(&story), 1);
    story.ends().await;
}

/// A group of the workspace is wanted: its members are invited and mentioned.
#[tokio::test]
async fn a_group_is_invited() {
    let (story, channel) = begins().await;
    let (id, users) = story.sandbox.read(|state| {
        let group = state.groups.iter().find(|group| !group.disabled).expect("a group");
        (group.id.clone(), group.users.clone())
    });
    story.types("nour", &channel, &format!("escalate <!subteam^{id}|@ops> All hands")).await;
    story
        .until("all of them are in the channel", |state| {
            let members = &state.channel(&channel)?.members;
            users.iter().all(|user| members.contains(user)).then_some(())
        })
        .await;
    story.reads(&channel, &format!("<!subteam^{id}>")).await;
    story.is_quiet().await;
    assert_eq!(changes(&story), 0, "the pager has no part in it");
    story.ends().await;
}

/// A group is named in the form by its handle; one that is not there is said so.
#[tokio::test]
async fn a_group_is_called_by_the_form() {
    let (story, channel) = begins().await;
    let malik = story.sandbox.person("malik");
    story.types("nour", &channel, "escalate").await;
    let both = json!({ "group": "@platform-oncall", "policy": "payments", "reason": "It is down" });
    story.form_is_shown("nour").await;
    let answer = story.sandbox.submit("nour", "", &both).await;
    assert!(answer.body.contains("Choose one of them"), "{answer:?}");
    let group =
        json!({ "group": "@platform-oncall", "policy": "", "reason": "The platform is down" });
    story.submits("nour", group).await;
    story
        .until("all of them are in the channel", |state| {
            state.channel(&channel)?.has(&malik).then_some(())
        })
        .await;
    let told = story.reads(&channel, "The platform is down").await;
    assert!(crate::seen::says(&told, "@platform-oncall"), "{told:?}");
    story.is_quiet().await;

    story.types("nour", &channel, "escalate").await;
    story.submits("nour", json!({ "group": "nobody-here", "reason": "They know it" })).await;
    story.reads(&channel, "the workspace has no user group @nobody-here").await;
    story.ends_having_given_up(&["invite"]).await;
}

/// A policy of the pager's is wanted, by its name; one that is not there is said so.
#[tokio::test]
async fn a_policy_is_called_by_its_name() {
    let (story, channel) = begins_with_payments().await;
    story.types("nour", &channel, "escalate policy payments Cards are declined").await;
    let page = page_is_given_to(&story, &["PUSERTHEO"]).await;
    assert_eq!(page.status, "triggered");
    story.is_quiet().await;
    story.types("nour", &channel, "escalate policy \"Data base\" It is slow").await;
    story.reads(&channel, "it has Production, Payments").await;
    story.ends_having_given_up(&["escalate"]).await;
}

/// By the form, from the greeting: whom and why; a person or a policy, not both.
#[tokio::test]
async fn the_form_asks_whom_and_why() {
    let (story, channel) = begins().await;
    let greeting = story.joins("sam", &channel).await;
    assert!(buttons(&greeting.blocks).iter().any(|label| label.contains("Escalate")));
    story.presses_privately("sam", &greeting, "Escalate").await;
    story.form_is_shown("sam").await;
    let nour = story.sandbox.person("nour");
    let both = json!({ "person": nour, "policy": "Production", "reason": "Help" });
    let answer = story.sandbox.submit("sam", "", &both).await;
    assert!(answer.body.contains("not both"), "{answer:?}");
    let values = json!({ "person": null, "policy": "", "to": "next", "reason": "He is asleep" });
    story.submits("sam", values).await;
    page_is_given_to(&story, &["PUSERNOUR"]).await;
    story.reads(&channel, "He is asleep").await;
    story.is_quiet().await;
    let store = story.sima().desk().store();
    let incident = store.incident_numbered(IncidentNumber(1)).await.unwrap().expect("INC-1");
    assert_eq!(incident.escalations[0].to, EscalateTo::NextLevel);
    // Without a reason the form comes up with what was named.
    story.types("sam", &channel, "escalate payments").await;
    let form = story.form_is_shown("sam").await;
    assert!(form.to_string().contains("\"value\":\"domain:payments\""), "{form}");
    story.ends().await;
}

/// The REST API is down: everybody in the channel knows that somebody is wanted, and the pager does
/// its part as soon as it can. Acknowledging does not wait for that.
#[tokio::test]
async fn the_pager_does_its_part_when_it_can() {
    let (story, channel) = begins().await;
    let down = |method| Rule::of(Vendor::PagerDuty, Fault::Down).on(method);
    story.sandbox.faults().set(down("incidents.list"));
    story.types("ines", &channel, "escalate next Malik does not answer").await;
    story.reads(&channel, "to the next in line").await;
    story.is_quiet_but_for(&["escalate"]).await;
    story.types("nour", &channel, "ack").await;
    story.page_is("acknowledged").await;
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    page_is_given_to(&story, &["PUSERNOUR"]).await;
    story.is_quiet().await;
    story.ends().await;
}

/// It is over before the pager could do its part: nobody is called for it, and nothing rings anew.
#[tokio::test]
async fn what_is_over_is_not_escalated() {
    let (story, channel) = begins().await;
    let down = Rule::of(Vendor::PagerDuty, Fault::Down).on("incidents.list");
    story.sandbox.faults().set(down);
    story.types("ines", &channel, "escalate next Malik does not answer").await;
    story.is_quiet_but_for(&["escalate"]).await;
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    story.page_is("resolved").await;
    assert_eq!(changes(&story), 0);
    let told = story.types("ines", &channel, "escalate next It is still slow").await;
    assert!(told.contains("reopen it first"), "{told}");
    story.ends().await;
}

/// Without a key of the REST API those in the channel are told what to do instead.
#[tokio::test]
async fn a_pager_that_cannot_is_said_so() {
    let story = Story::begins_with(|config| {
        config.pagerduty.api_token = SecretString::default();
    })
    .await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    story.types("ines", &channel, "escalate next Malik does not answer").await;
    story.reads(&channel, "do it in PagerDuty itself").await;
    // Nor is it known who took it: nobody is invited, and all the rest goes on.
    story.sandbox.acknowledge_page(&page.id).expect("an open page");
    story.brief_reads(&channel, "Investigating").await;
    story.is_quiet().await;
    let asked = story.types("ines", "general", "oncall").await;
    assert_eq!(asked, "");
    story.sees_privately("ines", "general", "SIMA has no key of PagerDuty").await;
    story.ends_having_given_up(&["escalate"]).await;
}

/// Who takes the page on their phone is in the channel before they have found it.
#[tokio::test]
async fn who_acknowledges_in_pagerduty_is_invited() {
    let (story, channel) = begins().await;
    let malik = story.sandbox.person("malik");
    let is_there =
        story.sandbox.read(|state| state.channel(&channel).unwrap().members.contains(&malik));
    assert!(!is_there, "he is nobody's stakeholder");
    let page = story.page_is("triggered").await;
    story.sandbox.acknowledge_page(&page.id).expect("an open page");
    is_member(&story, &channel, "malik").await;
    story.brief_reads(&channel, "Investigating").await;
    story.is_quiet().await;
    story.ends().await;
}

/// Into a private incident nobody comes because they may use the pager: its members are asked.
#[tokio::test]
async fn who_takes_the_page_of_a_private_incident_is_not_let_in() {
    let story = Story::begins().await;
    let channel = story.opens("ines", json!({ "summary": "Leak", "marks": ["private"] })).await;
    let page = story.page_is("triggered").await;
    story.is_quiet().await;
    story.sandbox.acknowledge_page(&page.id).expect("an open page");
    story.reads(&channel, "Malik Diop took the page").await;
    story.is_quiet().await;
    let malik = story.sandbox.person("malik");
    let is_there =
        story.sandbox.read(|state| state.channel(&channel).unwrap().members.contains(&malik));
    assert!(!is_there);
    story.ends().await;
}

/// It comes back: somebody is called for that, once, and whoever says that they are on it is heard.
#[tokio::test]
async fn reopening_calls_anew() {
    let (story, channel) = begins().await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    story.is_quiet().await;
    story.types("ines", &channel, "reopen Errors are back").await;
    let page = story.pages(2).await.pop().expect("a page");
    assert!(page.title.contains("It is not over: Checkout is down"), "{page:?}");
    story.is_quiet().await;
    story.types("malik", &channel, "ack").await;
    story
        .until("the second is acknowledged", |state| {
            (state.pager.incidents[1].status == "acknowledged").then_some(())
        })
        .await;
    story.is_quiet().await;
    let told = story.types("nour", &channel, "ack").await;
    assert!(told.contains("already Investigating"), "{told}");
    assert_eq!(story.page_is("resolved").await.dedup_key, story.pages(2).await[0].dedup_key);
    story.ends().await;
}

/// Reopened and over again before the page for it left: nobody is woken.
#[tokio::test]
async fn a_reopening_that_is_over_again_wakes_nobody() {
    let (story, channel) = begins().await;
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    story.is_quiet().await;
    story.sandbox.faults().down(Vendor::PagerDuty);
    story.types("ines", &channel, "reopen Errors are back").await;
    story.is_quiet_but_for(&["page_again", "end_stability_window"]).await;
    story.types("malik", &channel, "recover").await;
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.pager.incidents.len()), 1);
    story.page_is("resolved").await;
    story.ends().await;
}

/// Practice calls nobody, and reads as it would.
#[tokio::test]
async fn a_drill_escalates_to_nobody() {
    let story = Story::begins().await;
    let channel = story.opens("ines", json!({ "summary": "Try", "marks": ["drill"] })).await;
    story.is_quiet().await;
    story.types("ines", &channel, "page payments We try it out").await;
    story.reads(&channel, "to the on-call person of *Payments*").await;
    story.types("ines", &channel, "escalate next Nobody comes").await;
    story.is_quiet().await;
    assert!(story.calls_of("enqueue").is_empty() && changes(&story) == 0);
    let store = story.sima().desk().store();
    let incident = store.incident_numbered(IncidentNumber(1)).await.unwrap().expect("INC-1");
    let events = store.events(incident.id).await.unwrap();
    let escalated = |event: &Event| matches!(event, Event::Escalated { pages: false, .. });
    assert_eq!(events.iter().filter(|recorded| escalated(&recorded.event)).count(), 2);
    assert!(story.outbox(OutboxView::GivenUp).await.is_empty());
    story.ends().await;
}

/// Who is on call, for all domains and for one; the names are people of the workspace.
#[tokio::test]
async fn who_is_on_call_is_shown() {
    let (story, channel) = begins_with_payments().await;
    let person = |name: &str| format!("<@{}>", story.sandbox.person(name));
    story.types("ines", &channel, "oncall").await;
    let theo = person("theo");
    let shown = story.sees_privately("ines", &channel, &format!("*Payments*\n{theo}")).await;
    let read = crate::seen::privately_readable(&shown);
    let (malik, nour) = (person("malik"), person("nour"));
    assert!(read.contains(&format!("*API*\n{malik} · permanently\nthen {nour}")), "{read}");
    assert!(buttons(&shown.blocks).iter().any(|label| label.contains("Page")), "{read}");
    // Asked again at once, the pager is left alone.
    let before = story.private_words("ines").len();
    story.types("ines", &channel, "who outbound-email").await;
    let one = crate::seen::privately_readable(&story.hears("ines", before).await);
    assert!(one.contains("Outbound email delivery") && !one.contains("Payments"), "{one}");
    assert_eq!(story.calls_of("oncalls.list").len(), 1);
    let unknown = story.types("ines", "general", "oncall paymnets").await;
    assert!(unknown.contains("known are payments"), "{unknown}");
    story.ends().await;
}

/// The pager is down: that is said for each domain, and nothing else fails.
#[tokio::test]
async fn a_pager_that_is_down_is_said_so() {
    let story = Story::begins().await;
    story.sandbox.faults().down(Vendor::PagerDuty);
    story.types("ines", "general", "oncall payments").await;
    story.sees_privately("ines", "general", "ask again in a moment").await;
    story.sandbox.faults().clear();
    let before = story.private_words("ines").len();
    story.types("ines", "general", "oncall payments").await;
    let read = crate::seen::privately_readable(&story.hears("ines", before).await);
    assert!(read.contains("permanently"), "what failed is not kept: {read}");
    story.ends().await;
}

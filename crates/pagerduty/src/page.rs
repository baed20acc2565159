//! The page as the on-call person sees it.

use std::collections::BTreeMap;

use sima_incident::{Attempt, Impact, PageCause, Severity, Who};

use crate::wire::{Event, Level, Link, MAX_SUMMARY, Payload};

/// The longest text in the details, in characters: a page is read on a phone, and the whole request
/// stays far below PagerDuty's 512 KB.
const MAX_DETAIL: usize = 4000;

/// Renders the page. `team` is the chat's id of the workspace, once known; `cause` is why it is not
/// the first.
pub(crate) fn page<'a>(
    attempt: &Attempt<'_>,
    team: Option<&str>,
    dedup_key: &'a str,
    cause: Option<PageCause>,
) -> Event<'a> {
    let (incident, policy) = (attempt.incident, attempt.policy);
    let short_link = format!("{}/i/{}", policy.public_url, incident.number);
    let in_sima = Link { href: short_link.clone(), text: format!("{} in SIMA", incident.number) };
    let times = &incident.times;
    let before = cause.map(PageCause::in_words).unwrap_or_default();
    let mut payload = Payload {
        summary: cut(&format!("[{}] {before}{}", incident.severity, incident.summary), MAX_SUMMARY),
        source: format!("sima:{}", incident.domain),
        severity: level(incident.severity),
        timestamp: times.detected_at.unwrap_or(times.opened_at).to_string(),
        custom_details: details(attempt, cause),
    };
    let mut links = vec![in_sima];
    if incident.is_private() {
        // A page can be read by everybody on the pager's account, and on lock screens.
        payload.summary = format!("Private incident {}", incident.number);
        payload.source = "sima".into();
        payload.custom_details = BTreeMap::new();
    } else if let Some(channel) = &incident.channel {
        let team = team.map(|team| format!("&team={team}")).unwrap_or_default();
        let href = format!("https://slack.com/app_redirect?channel={}{team}", channel.id);
        links.insert(0, Link { href, text: format!("#{}", channel.name) });
    }
    Event::Trigger { dedup_key, client: "SIMA", client_url: short_link, payload, links }
}

fn details(attempt: &Attempt<'_>, cause: Option<PageCause>) -> BTreeMap<&'static str, String> {
    let (incident, policy) = (attempt.incident, attempt.policy);
    let impact = match incident.impact {
        Impact::Unknown => "unknown".into(),
        Impact::Clients(1) => "1 client".into(),
        Impact::Clients(count) => format!("{count} clients"),
    };
    let reporter = match &incident.reporter.who {
        Who::Person(person) => {
            attempt.reporter.map_or_else(|| format!("Slack user {person}"), ToOwned::to_owned)
        }
        Who::Monitor(source) => format!("monitor {source}"),
        Who::Pager(name) => name.clone(),
        Who::Sima => "SIMA".into(),
    };
    let mut details = BTreeMap::from([
        ("domain", policy.domain_name(&incident.domain).to_owned()),
        ("impact", impact),
        ("opened_at", format!("{:.0}", incident.times.opened_at)),
        ("reporter", reporter),
    ]);
    if let Some(PageCause::Escalated { call }) = cause
        && let Some(escalation) = incident.escalation(call)
    {
        details.insert("why_you", cut(&escalation.reason, MAX_DETAIL));
    }
    if let Some(description) = &incident.description {
        details.insert("description", cut(description, MAX_DETAIL));
    }
    details
}

fn level(severity: Severity) -> Level {
    match severity.level() {
        1 => Level::Critical,
        2 => Level::Error,
        3 => Level::Warning,
        _ => Level::Info,
    }
}

/// Text of at most `longest` characters, an ellipsis in place of what is cut.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().nth(longest).is_none() {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_cut_between_characters() {
        assert_eq!(cut("日本語", 3), "日本語");
        assert_eq!(cut("日本語の", 3), "日本…");
        let cut = cut(&"🔥".repeat(3000), MAX_SUMMARY);
        assert_eq!(cut.chars().count(), MAX_SUMMARY);
    }

    #[test]
    fn every_severity_has_a_level() {
        let levels = [Level::Critical, Level::Error, Level::Warning, Level::Info, Level::Info];
        for (severity, expected) in (1..).zip(levels) {
            assert_eq!(level(Severity::new(severity).expect("1 to 9")), expected);
        }
    }
}

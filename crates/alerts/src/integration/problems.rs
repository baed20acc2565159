//! What is wrong with the integrations as they are configured; to be refused at start.

use std::collections::BTreeSet;

use sima_incident::Policy;

use super::{Integration, proof::is_set};

/// The shortest token or secret: 16 characters of base 64 are 96 bits, which nobody guesses.
const SHORTEST: usize = 16;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which of the integrations, counted from 0.
    pub place: usize,
    /// Which of its settings.
    pub setting: &'static str,
    /// What is wrong.
    pub wrong: String,
    /// What to do about it.
    pub repair: String,
}

/// Finds what is wrong.
pub(crate) fn of(integrations: &[Integration], policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for (place, one) in integrations.iter().enumerate() {
        let mut found = one.problems(policy);
        if !names.insert(one.name.as_str()) {
            let wrong = format!("{:?} is there twice", one.name);
            found.push(("name", wrong, "give each integration a name of its own".into()));
        }
        problems.extend(found.into_iter().map(|(setting, wrong, repair)| Problem {
            place,
            setting,
            wrong,
            repair,
        }));
    }
    problems
}

type Found = (&'static str, String, String);

impl Integration {
    fn problems(&self, policy: &Policy) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut say = |setting, wrong: &str, repair: &str| {
            found.push((setting, wrong.to_owned(), repair.to_owned()));
        };
        if !is_name(&self.name) {
            let repair = "write what shall stand in its URL: a-z, 0-9, - and _ only, at most 64";
            say("name", "it is no name for a URL", repair);
        }
        if !crate::known(&self.source) {
            let wrong = format!("no alert source is called {:?}", self.source);
            say("source", &wrong, &format!("write one of {}", crate::sources().join(", ")));
            return found;
        }
        if crate::known(&self.name) && self.name != self.source {
            let wrong = format!("{:?} is the name of another source", self.name);
            say("name", &wrong, &format!("call it {}-2 or the like", self.source));
        }
        self.proofs(&mut say);
        let meant = self.severities.meant().map(|severity| ("severities", severity));
        for (setting, severity) in
            meant.chain(self.default_severity.map(|severity| ("default_severity", severity)))
        {
            if policy.severity(severity).is_none() {
                let wrong = format!("{severity} is not configured");
                say(setting, &wrong, "name one of the configured severities");
            }
        }
        if let Some(fields) = &self.fields {
            if self.source != "generic" {
                let repair = "take it out, or write source = \"generic\"";
                say("fields", "only bodies without a source of their own have fields", repair);
            } else if fields.title.is_none() {
                say("fields", "it does not say where the title is", "add title = \"/…\"");
            }
        }
        found
    }

    /// What is wrong with how it proves itself.
    fn proofs(&self, say: &mut impl FnMut(&'static str, &str, &str)) {
        let short = |secret: &secrecy::SecretString| {
            is_set(secret) && secrecy::ExposeSecret::expose_secret(secret).len() < SHORTEST
        };
        let long = "make a longer one, as with: openssl rand -hex 32";
        if short(&self.token) {
            say("token", "it is shorter than 16 characters, so it may be guessed", long);
        }
        if short(&self.secret) {
            say("secret", "it is shorter than 16 characters, so it may be guessed", long);
        }
        if !self.topics.is_empty() && self.source != "cloudwatch" {
            say("topics", "only cloudwatch is sent over SNS", "take it out");
        }
        if self.topics.iter().any(|topic| !is_topic(topic)) {
            let repair = "write ARNs, as arn:aws:sns:eu-west-1:123456789012:alarms";
            say("topics", "one of them is no ARN of a topic", repair);
        }
        if self.time_header.is_some() && (self.source != "grafana" || !is_set(&self.secret)) {
            let repair = "take it out, or add the secret of the contact point";
            say("time_header", "it is the time of Grafana's signature, which has a secret", repair);
        }
        let has_tenant = !self.tenant.is_empty() || !self.audience.is_empty();
        if has_tenant && self.source != "azure" {
            say("tenant", "only azure proves itself with Entra ID", "take tenant and audience out");
        } else if has_tenant && !is_uuid(&self.tenant) {
            let repair = "write the directory (tenant) id, as 72f988bf-86f1-41af-91ab-2d7cd011db47";
            say("tenant", "it is no id of a tenant", repair);
        } else if has_tenant && self.audience.is_empty() {
            let repair = "add the application's identifier URI, as api://…, or its client id";
            say("audience", "it is missing", repair);
        }
        let proves = is_set(&self.token) || is_set(&self.secret);
        if !proves && self.topics.is_empty() && !has_tenant {
            let own = match self.source.as_str() {
                "cloudwatch" => ", or topics = [\"arn:…\"]",
                "azure" => ", or tenant and audience",
                _ => "",
            };
            let repair = format!("add token = \"…\", or secret = \"…\" if it signs{own}");
            say("token", "nothing says how its sender proves itself", &repair);
        }
    }
}

fn is_name(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

fn is_topic(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    parts.len() == 6 && parts[0] == "arn" && parts[2] == "sns" && !parts[5].is_empty()
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

//! The company's own steps: `[[steps]]` in the file, each read into the policy or told what is wrong.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de::Error as _};
use sima_hooks::{Address, SigningKey};
use sima_incident::{
    DomainKey, Occasion, Placeholder, PublicNotice, Severities, Severity, Step, StepAct, Template,
};

use super::{Config, ConfigFault, apply::fault, is_set};

/// A step beyond what SIMA does by itself. Those in Slack are done in the order written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSetting {
    /// What people call it; it stands on the timeline.
    pub name: String,
    /// When it is done: `opened`, `acknowledged`, `severity_raised`, `recovered` or `closed`.
    #[serde(default = "opened")]
    pub when: Occasion,
    /// The keys of the domains it is for; all if there is none.
    #[serde(default)]
    pub domains: Vec<String>,
    /// The severities it is for: `"at least SEV2"`, or a list of them; all by default.
    #[serde(default, deserialize_with = "severities")]
    pub severities: Option<SeveritiesSetting>,
    /// Whether it is done for private incidents too.
    #[serde(default)]
    pub private: bool,
    /// What is done: one of [`ActSetting`].
    #[serde(rename = "do")]
    pub act: ActSetting,
}

/// What a step does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum ActSetting {
    /// Invite the members of a user group: its id (`S…`) or its handle with `@`.
    InviteUserGroup(String),
    /// Post in another channel, once.
    Post {
        /// Its id or name.
        channel: String,
        /// What, with places that are filled.
        text: String,
    },
    /// Set a bookmark in the incident channel.
    Bookmark {
        /// What stands on it.
        title: String,
        /// Where it leads.
        link: String,
    },
    /// Set a bookmark to a call, and show it in the brief.
    VideoCall {
        /// The call's address.
        template: String,
        /// What stands on the bookmark.
        #[serde(default)]
        title: Option<String>,
    },
    /// Tell another program by a webhook that it can verify.
    Webhook {
        /// Where it listens. A secret, for many receivers are found by their address alone.
        url: SecretString,
        /// What it is signed with, `whsec_…`.
        secret: SecretString,
    },
    /// Open an incident on a public status page.
    StatusPage {
        /// The page's id.
        page_id: String,
        /// The components that are affected.
        #[serde(default)]
        component_ids: Vec<String>,
        /// The public title.
        title: String,
        /// The first public words.
        body: String,
        /// The public words at recovery; without them people resolve it there.
        #[serde(default)]
        resolved: Option<String>,
        /// Whether the page's subscribers are written to.
        #[serde(default)]
        notify: bool,
    },
}

/// The severities a step is for, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeveritiesSetting {
    /// `"at least SEV2"`.
    AtLeast(Severity),
    /// `["SEV1", "SEV2"]`.
    OneOf(Vec<Severity>),
}

/// Where the webhooks of steps go, by the name of the step.
pub type Receivers = BTreeMap<String, (Address, SigningKey)>;

/// The longest name and template: what is filled into a message must still fit in one.
const MAX_NAME: usize = 60;
const MAX_TEMPLATE: usize = 1_500;

/// What may fill words that everybody outside can read.
const IN_PUBLIC: [Placeholder; 3] =
    [Placeholder::Number, Placeholder::Severity, Placeholder::Domain];

impl Config {
    /// The steps, in the order written.
    ///
    /// # Errors
    /// The first that cannot work, with what to do about it.
    pub(super) fn steps(&self) -> Result<Vec<Step>, ConfigFault> {
        let mut steps: Vec<Step> = Vec::new();
        for (at, setting) in self.steps.iter().enumerate() {
            let reading = Reading { config: self, setting, path: format!("steps[{at}]") };
            let step = reading.step()?;
            if steps.iter().any(|known| known.name == step.name) {
                let wrong = format!("{:?} is there twice", step.name);
                return Err(reading.fault("name", &wrong, "give each step a name of its own"));
            }
            steps.push(step);
        }
        Ok(steps)
    }

    /// Where the webhooks of the steps go.
    ///
    /// # Errors
    /// As [`Self::steps`].
    pub fn receivers(&self) -> Result<Receivers, ConfigFault> {
        let mut receivers = Receivers::new();
        for (at, setting) in self.steps.iter().enumerate() {
            if let ActSetting::Webhook { url, secret } = &setting.act {
                let reading = Reading { config: self, setting, path: format!("steps[{at}]") };
                receivers.insert(setting.name.trim().to_owned(), reading.receiver(url, secret)?);
            }
        }
        Ok(receivers)
    }

    /// Whether a step tells a public status page.
    pub fn has_status_page(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.act, ActSetting::StatusPage { .. }))
    }
}

/// One step being read.
struct Reading<'c> {
    config: &'c Config,
    setting: &'c StepSetting,
    /// Where it stands in the file: `steps[0]`.
    path: String,
}

impl Reading<'_> {
    fn step(&self) -> Result<Step, ConfigFault> {
        let setting = self.setting;
        let name = setting.name.trim();
        let is_short = name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
        if name.is_empty() || !is_short {
            let wrong = "a step needs a name of one line, of at most 60 characters";
            return Err(self.fault("name", wrong, "name it as people will see it on the timeline"));
        }
        Ok(Step {
            name: name.to_owned(),
            on: setting.when,
            domains: self.domains()?,
            severities: self.severities()?,
            private: setting.private,
            act: self.act()?,
        })
    }

    fn domains(&self) -> Result<Vec<DomainKey>, ConfigFault> {
        let known = &self.config.domains;
        for key in &self.setting.domains {
            if !known.iter().any(|domain| domain.key == *key) {
                let keys: Vec<&str> = known.iter().map(|domain| domain.key.as_str()).collect();
                let wrong = format!("{key:?} is no configured domain");
                let repair = format!("name some of {}", keys.join(", "));
                return Err(self.fault("domains", &wrong, &repair));
            }
        }
        Ok(self.setting.domains.iter().cloned().map(DomainKey).collect())
    }

    fn severities(&self) -> Result<Severities, ConfigFault> {
        let (named, meant) = match &self.setting.severities {
            None => return Ok(Severities::All),
            Some(SeveritiesSetting::AtLeast(mildest)) => {
                (vec![*mildest], Severities::AtLeast(*mildest))
            }
            Some(SeveritiesSetting::OneOf(some)) => (some.clone(), Severities::OneOf(some.clone())),
        };
        let known = &self.config.severities;
        let unknown =
            named.iter().find(|severity| !known.iter().any(|rule| rule.level == severity.level()));
        match unknown {
            Some(severity) => {
                let wrong = format!("{severity} is no configured severity");
                Err(self.fault("severities", &wrong, "name one that [[severities]] has"))
            }
            None => Ok(meant),
        }
    }

    fn act(&self) -> Result<StepAct, ConfigFault> {
        match &self.setting.act {
            ActSetting::InviteUserGroup(group) => self.user_group(group),
            ActSetting::Post { channel, text } => {
                let channel = channel.trim().trim_start_matches('#');
                if channel.is_empty() {
                    let repair = "write the channel's id or name";
                    return Err(self.fault("do.post.channel", "it is empty", repair));
                }
                let text = self.template("do.post.text", text, &Placeholder::ALL)?;
                Ok(StepAct::Post { channel: channel.to_owned(), text })
            }
            ActSetting::Bookmark { title, link } => Ok(StepAct::Bookmark {
                title: self.template("do.bookmark.title", title, &Placeholder::ALL)?,
                link: self.link("do.bookmark.link", link)?,
            }),
            ActSetting::VideoCall { template, title } => {
                let title = title.as_deref().unwrap_or("Join the call");
                Ok(StepAct::VideoCall {
                    title: self.template("do.video_call.title", title, &Placeholder::ALL)?,
                    link: self.link("do.video_call.template", template)?,
                })
            }
            ActSetting::Webhook { url, secret } => {
                self.receiver(url, secret)?;
                Ok(StepAct::Webhook)
            }
            ActSetting::StatusPage { page_id, component_ids, title, body, resolved, notify } => {
                self.may_be_public()?;
                for (place, id) in std::iter::once(("do.status_page.page_id", page_id))
                    .chain(component_ids.iter().map(|id| ("do.status_page.component_ids", id)))
                {
                    if id.is_empty() || !id.chars().all(|letter| letter.is_ascii_alphanumeric()) {
                        let repair = "copy it from the page's API info in Statuspage";
                        return Err(self.fault(place, "it is no id of Statuspage", repair));
                    }
                }
                let public = |place: &str, text: &str| self.template(place, text, &IN_PUBLIC);
                let resolved = resolved.as_deref();
                Ok(StepAct::StatusPage(PublicNotice {
                    page_id: page_id.clone(),
                    component_ids: component_ids.clone(),
                    title: public("do.status_page.title", title)?,
                    body: public("do.status_page.body", body)?,
                    resolved: resolved
                        .map(|text| public("do.status_page.resolved", text))
                        .transpose()?,
                    notify: *notify,
                }))
            }
        }
    }

    fn user_group(&self, group: &str) -> Result<StepAct, ConfigFault> {
        let group = group.trim();
        let is_handle = group.strip_prefix('@').is_some_and(|handle| !handle.is_empty());
        let is_id = group.len() > 1
            && group.starts_with('S')
            && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_handle || is_id {
            return Ok(StepAct::InviteUserGroup { group: group.to_owned() });
        }
        let wrong = format!("{group:?} is neither a handle nor an id of a user group");
        let repair = "write its handle with @, as \"@leads\", or its id, as \"S0123ABCD\"";
        Err(self.fault("do.invite_user_group", &wrong, repair))
    }

    fn receiver(
        &self,
        url: &SecretString,
        secret: &SecretString,
    ) -> Result<(Address, SigningKey), ConfigFault> {
        let address = url.expose_secret().parse::<Address>().map_err(|bad| {
            let repair = "write an address that begins with https://, without a password in it";
            self.fault("do.webhook.url", &format!("it {bad}"), repair)
        })?;
        let key = SigningKey::read(secret).map_err(|bad| {
            let repair = "copy the receiver's signing secret: whsec_ and base64 of 24 to 64 bytes";
            self.fault("do.webhook.secret", &format!("it {bad}"), repair)
        })?;
        Ok((address, key))
    }

    /// Whether what is told to everybody may be told at all.
    fn may_be_public(&self) -> Result<(), ConfigFault> {
        if self.setting.private {
            let wrong = "a public page is no place for a private incident";
            return Err(self.fault("private", wrong, "take private out of the step"));
        }
        if matches!(self.setting.when, Occasion::Recovered | Occasion::Closed) {
            let wrong = "it is over by then";
            let repair = "write opened, acknowledged or severity_raised, and what is said at \
                          recovery as resolved";
            return Err(self.fault("when", wrong, repair));
        }
        if !is_set(&self.config.statuspage.token) {
            let repair = "set SIMA_STATUSPAGE__TOKEN, or statuspage.token in the file: Statuspage, \
                          User menu, API info";
            return Err(self.fault("do", "statuspage.token is missing", repair));
        }
        Ok(())
    }

    fn link(&self, place: &str, text: &str) -> Result<Template, ConfigFault> {
        let template = self.template(place, text, &Placeholder::ALL)?;
        let is_web = template.beginning().starts_with("https://");
        // A space would end the address where it is shown.
        if !is_web || template.fill(|_| String::new()).contains(char::is_whitespace) {
            let repair = "begin it with https://, as https://meet.example.com/{number}";
            return Err(self.fault(place, "it is no web address", repair));
        }
        Ok(template)
    }

    fn template(
        &self,
        place: &str,
        text: &str,
        known: &[Placeholder],
    ) -> Result<Template, ConfigFault> {
        if text.chars().count() > MAX_TEMPLATE {
            let repair = format!("keep it to {MAX_TEMPLATE} characters");
            return Err(self.fault(place, "it is too long for a message", &repair));
        }
        Template::read(text, known).map_err(|bad| {
            let repair = if place.starts_with("do.status_page") {
                "write words for the public: what people wrote inside is not filled in"
            } else {
                "correct the template; docs/steps.md shows every place"
            };
            self.fault(place, &format!("it {bad}"), repair)
        })
    }

    fn fault(&self, below: &str, wrong: &str, repair: &str) -> ConfigFault {
        fault(&format!("{}.{below}", self.path), wrong, repair)
    }
}

fn opened() -> Occasion {
    Occasion::Opened
}

/// Reads `"at least SEV2"`, `"SEV1"`, `1` and lists of the latter two.
fn severities<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SeveritiesSetting>, D::Error> {
    let told = || {
        D::Error::custom(
            "no severities: write \"at least SEV2\", or a list as [\"SEV1\", \"SEV2\"]",
        )
    };
    let one = |value: &toml::Value| match value {
        toml::Value::String(text) => text.parse::<Severity>().map_err(|_| told()),
        toml::Value::Integer(level) => {
            u8::try_from(*level).ok().and_then(Severity::new).ok_or_else(told)
        }
        _ => Err(told()),
    };
    let setting = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => match text.trim().strip_prefix("at least ") {
            Some(mildest) => SeveritiesSetting::AtLeast(mildest.parse().map_err(|_| told())?),
            None => SeveritiesSetting::OneOf(vec![one(&toml::Value::String(text))?]),
        },
        toml::Value::Array(several) if !several.is_empty() => {
            SeveritiesSetting::OneOf(several.iter().map(one).collect::<Result<_, _>>()?)
        }
        other => SeveritiesSetting::OneOf(vec![one(&other)?]),
    };
    Ok(Some(setting))
}

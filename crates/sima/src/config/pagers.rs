//! The pagers beside PagerDuty: whether their settings work, and which domains name them.

use std::collections::BTreeSet;

use sima_incident::DomainKey;
use sima_pagers::Settings;

use super::{Config, ConfigFault, PAGERDUTY};

impl Config {
    /// The pagers that are configured, each with the domains it pages for.
    ///
    /// # Errors
    /// The first setting that cannot work, with what to write instead.
    pub fn other_pagers(&self) -> Result<Vec<Settings>, ConfigFault> {
        let fault = |setting: String, wrong: String, repair: String| ConfigFault {
            place: "configuration".into(),
            setting,
            wrong,
            repair,
        };
        let mut pagers = Vec::new();
        for (name, setting) in &self.pagers {
            if name == PAGERDUTY {
                let wrong = "PagerDuty has settings of its own".into();
                let repair = "use [pagerduty], or give the other pager another name".into();
                return Err(fault("pagers.pagerduty".into(), wrong, repair));
            }
            let named = self.domains.iter().filter(|domain| domain.pager.trim() == name);
            let domains: BTreeSet<DomainKey> =
                named.map(|domain| DomainKey(domain.key.clone())).collect();
            let settings = Settings {
                name: name.clone(),
                kind: setting.kind,
                url: setting.url.clone(),
                secret: setting.secret.clone(),
                domains,
            };
            settings.check().map_err(|unfit| {
                let setting = match unfit.field {
                    "name" => format!("pagers.{name}"),
                    field => format!("pagers.{name}.{field}"),
                };
                fault(setting, unfit.wrong, unfit.repair.into())
            })?;
            pagers.push(settings);
        }
        for domain in self.domains.iter().filter(|domain| domain.is_paged_elsewhere()) {
            let name = domain.pager.trim();
            if !self.pagers.contains_key(name) {
                let known: Vec<&str> =
                    [PAGERDUTY].into_iter().chain(self.pagers.keys().map(String::as_str)).collect();
                let wrong = format!("there is no pager {name:?}; known are {}", known.join(", "));
                let repair = format!("name one of them, or add [pagers.{name}]");
                return Err(fault("domains.pager".into(), wrong, repair));
            }
        }
        Ok(pagers)
    }
}

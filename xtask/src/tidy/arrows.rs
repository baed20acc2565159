//! The crate graph: which of our crates may see which, and why the arrow is missing where it is.

use super::{File, Finding};

/// A crate of ours: its folder, what it may see, and why no more.
struct Room {
    folder: &'static str,
    /// The folders of our crates it may depend on, in tests too.
    sees: &'static [&'static str],
    /// Crates of others that would break what it promises.
    never: &'static [&'static str],
    /// The promise.
    because: &'static str,
}

/// What a room that speaks to one vendor promises.
const ADAPTER: &str = "an adapter knows incidents and its vendor, never another adapter, the desk \
                       or the store: so each can be replaced, and none can decide";

/// Every crate there is. A new one needs a new arrow, not a new idea.
const ROOMS: [Room; 14] = [
    Room {
        folder: "incident",
        sees: &[],
        never: &["tokio", "reqwest", "axum", "sqlx", "rand", "tracing"],
        because: "deciding reads nothing but its arguments: so it can only refuse, never fail, and \
                  what was decided can be replayed",
    },
    Room {
        folder: "store",
        sees: &["incident"],
        never: &["reqwest", "axum"],
        because: "the store keeps what was decided and knows nobody who decides or acts",
    },
    Room {
        folder: "desk",
        sees: &["incident", "store"],
        never: &["reqwest", "axum", "sqlx"],
        because: "the desk cannot call the world outside because it cannot see it: what it cannot \
                  reach it cannot wait for",
    },
    Room { folder: "slack", sees: &["incident"], never: &["sqlx", "axum"], because: ADAPTER },
    Room {
        folder: "alerts",
        sees: &["incident"],
        never: &["reqwest", "sqlx", "axum", "tokio"],
        because: "reading an alert is a function from bytes: nothing else may come of it",
    },
    Room { folder: "pagerduty", sees: &["incident"], never: &["sqlx", "axum"], because: ADAPTER },
    Room { folder: "notion", sees: &["incident"], never: &["sqlx", "axum"], because: ADAPTER },
    Room { folder: "statuspage", sees: &["incident"], never: &["sqlx", "axum"], because: ADAPTER },
    Room {
        folder: "hooks",
        sees: &["incident"],
        never: &["sqlx", "axum"],
        because: "a signed webhook is bytes, a key and an address: what it is about is for who sends it",
    },
    Room {
        folder: "pagers",
        sees: &["incident", "hooks"],
        never: &["sqlx", "axum"],
        because: "the other pagers are adapters too; one of them is a signed webhook, which is spoken \
                  in one place",
    },
    Room {
        folder: "sandbox",
        sees: &[],
        never: &["sqlx"],
        because: "the sandbox is written from the vendors' contracts and reached over HTTP alone: \
                  sharing a line with us it would share our misreadings",
    },
    Room {
        folder: "web",
        sees: &["incident", "store", "desk", "slack", "alerts", "pagerduty"],
        never: &["sqlx"],
        because: "a door reads requests, the pager's webhooks too, asks the desk and shows what the \
                  store reports; what goes to the pager and the pages goes through the outbox",
    },
    Room {
        folder: "sima",
        sees: &[
            "incident",
            "store",
            "desk",
            "slack",
            "alerts",
            "pagerduty",
            "pagers",
            "notion",
            "hooks",
            "statuspage",
            "web",
            "sandbox",
        ],
        never: &["sqlx"],
        because: "the program wires the parts and runs them; it has no query of its own",
    },
    Room {
        folder: "xtask",
        sees: &[],
        never: &[],
        because: "checking the project must work while the project does not build",
    },
];

/// Every crate depends on what its room may see, and on nothing that breaks its promise.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(folder) = folder_of(&file.path) else { continue };
        let Some(room) = ROOMS.iter().find(|room| room.folder == folder) else {
            let says = format!(
                "there is no room for a crate `{folder}`: put it where its arrow already is, or add \
                 the arrow to xtask/src/tidy/arrows.rs and ARCHITECTURE.md"
            );
            findings.push(Finding::new(&file.path, says));
            continue;
        };
        match file.text.parse::<toml::Table>() {
            Ok(manifest) => findings.extend(room.findings(&file.path, &manifest)),
            Err(error) => findings.push(Finding::new(&file.path, error.message())),
        }
    }
    findings
}

impl Room {
    fn findings(&self, path: &str, manifest: &toml::Table) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (kind, package) in dependencies(manifest) {
            let is_ours = ours(&package);
            let says = match is_ours {
                Some(other) if !self.sees.contains(&other) => format!(
                    "`{}` must not depend on `{other}`: {}. It may see {}.",
                    self.folder,
                    self.because,
                    if self.sees.is_empty() { "none of ours".into() } else { self.sees.join(", ") },
                ),
                // What a test uses to look from outside breaks no promise.
                None if kind == "dependencies" && self.never.contains(&package.as_str()) => {
                    format!("`{}` must not depend on `{package}`: {}.", self.folder, self.because)
                }
                _ => continue,
            };
            findings.push(Finding::new(path, says));
        }
        findings
    }
}

/// The folder of a crate, from the path of its manifest.
fn folder_of(path: &str) -> Option<&str> {
    if path == "xtask/Cargo.toml" {
        return Some("xtask");
    }
    let folder = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!folder.contains('/')).then_some(folder)
}

/// The folder of one of our crates, from the name of its package.
fn ours(package: &str) -> Option<&str> {
    match package {
        "sima" | "xtask" => Some(package),
        other => other.strip_prefix("sima-"),
    }
}

/// Everything a manifest depends on, of whatever kind and for whatever target, by package name.
fn dependencies(manifest: &toml::Table) -> Vec<(&'static str, String)> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets.into_iter().flat_map(|targets| targets.values());
    let tables = tables.filter_map(toml::Value::as_table).chain([manifest]);
    let mut found = Vec::new();
    for table in tables {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(listed) = table.get(kind).and_then(toml::Value::as_table) else { continue };
            for (name, wanted) in listed {
                let renamed = wanted.get("package").and_then(toml::Value::as_str);
                found.push((kind, renamed.unwrap_or(name).to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::said;

    fn says(folder: &str, manifest: &str) -> String {
        let path = match folder {
            "xtask" => "xtask/Cargo.toml".to_owned(),
            _ => format!("crates/{folder}/Cargo.toml"),
        };
        let files = [File::new(&path, manifest)];
        said(&check(&files))
    }

    fn depends_on(other: &str) -> String {
        let package = if other == "sima" { "sima".into() } else { format!("sima-{other}") };
        format!("[dependencies]\n{package}.workspace = true\n")
    }

    /// The graph as ARCHITECTURE.md draws it, once more and by hand; every other pair is refused.
    #[test]
    fn exactly_the_arrows_of_the_house_are_allowed() {
        let allowed = [
            "store → incident",
            "desk → incident",
            "desk → store",
            "slack → incident",
            "alerts → incident",
            "pagerduty → incident",
            "notion → incident",
            "statuspage → incident",
            "hooks → incident",
            "pagers → incident",
            "pagers → hooks",
            "web → incident",
            "web → store",
            "web → desk",
            "web → slack",
            "web → alerts",
            "web → pagerduty",
            "sima → incident",
            "sima → store",
            "sima → desk",
            "sima → slack",
            "sima → alerts",
            "sima → pagerduty",
            "sima → notion",
            "sima → hooks",
            "sima → pagers",
            "sima → statuspage",
            "sima → web",
            "sima → sandbox",
        ];
        for from in ROOMS.iter().map(|room| room.folder) {
            for to in
                ROOMS.iter().map(|room| room.folder).filter(|to| *to != from && *to != "xtask")
            {
                let arrow = format!("{from} → {to}");
                let said = says(from, &depends_on(to));
                assert_eq!(said.is_empty(), allowed.contains(&arrow.as_str()), "{arrow}: {said}");
            }
        }
    }

    #[test]
    fn a_wrong_arrow_is_explained() {
        let said = says("desk", &depends_on("slack"));
        assert_eq!(
            said,
            "crates/desk/Cargo.toml: `desk` must not depend on `slack`: the desk cannot call the \
             world outside because it cannot see it: what it cannot reach it cannot wait for. It \
             may see incident, store."
        );
    }

    #[test]
    fn no_way_of_writing_it_hides_an_arrow() {
        for manifest in [
            "[dev-dependencies]\nsima-desk = { path = '../desk' }\n",
            "[build-dependencies]\nsima-desk.workspace = true\n",
            "[dependencies]\ndesk = { package = 'sima-desk', path = '../desk' }\n",
            "[target.'cfg(unix)'.dependencies]\nsima-desk.workspace = true\n",
        ] {
            assert!(says("slack", manifest).contains("must not depend on `desk`"), "{manifest}");
        }
    }

    #[test]
    fn what_breaks_a_promise_is_refused_but_a_test_may_use_it() {
        assert!(says("incident", "[dependencies]\ntokio = '1'\n").contains("replayed"));
        assert!(says("desk", "[dependencies]\nreqwest = '0.13'\n").contains("cannot wait for"));
        assert_eq!(says("incident", "[dev-dependencies]\ntokio = '1'\n"), "");
        assert_eq!(says("incident", "[dependencies]\nserde = '1'\n"), "");
    }

    #[test]
    fn a_crate_without_a_room_and_a_broken_manifest_are_told() {
        assert!(says("goodies", "").contains("there is no room"));
        assert!(!says("desk", "[dependencies\n").is_empty());
    }
}

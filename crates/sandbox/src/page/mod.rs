//! The page a person plays with: its files, the JSON it reads, the acts it sends.

mod act;
mod assets;
mod guard;
mod links;
mod shown;
mod stream;

pub(crate) use self::act::{act, faults};
pub(crate) use self::assets::{asset, index};
pub(crate) use self::guard::same_site;
pub(crate) use self::links::{document, message};
pub(crate) use self::shown::state;
pub(crate) use self::stream::events;

//! How the lines to Slack are: how many are open, and what is wrong if none is.

use std::sync::Arc;

use tokio::sync::watch;

/// How the lines are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many connections are open and were greeted by Slack.
    pub open: usize,
    /// What went wrong last and what to do about it, as long as nothing is open since.
    pub trouble: Option<String>,
}

/// The standing of the lines, as it changes. Clones see the same.
#[derive(Clone, Debug)]
pub struct Line(Arc<watch::Sender<Standing>>);

impl Default for Line {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Standing::default())))
    }
}

impl Line {
    /// How the lines are now.
    pub fn standing(&self) -> Standing {
        self.0.borrow().clone()
    }

    /// Waits until they are as one wants them; how they are then.
    pub async fn until(&self, wanted: impl Fn(&Standing) -> bool) -> Standing {
        let mut standing = self.0.subscribe();
        match standing.wait_for(wanted).await {
            Ok(standing) => standing.clone(),
            // The sender is held here.
            Err(_) => self.standing(),
        }
    }

    /// Slack has greeted a connection.
    pub(super) fn opened(&self) {
        self.0.send_modify(|standing| {
            standing.open += 1;
            standing.trouble = None;
        });
    }

    /// A connection that was greeted has ended.
    pub(super) fn closed(&self) {
        self.0.send_modify(|standing| standing.open = standing.open.saturating_sub(1));
    }

    /// A connection could not be had. It is logged when it is news.
    pub(super) fn in_trouble(&self, why: String) {
        self.0.send_if_modified(|standing| {
            let is_news = standing.trouble.as_ref() != Some(&why);
            if is_news {
                tracing::warn!(open = standing.open, "Socket Mode: {why}");
                standing.trouble = Some(why);
            }
            is_news
        });
    }
}

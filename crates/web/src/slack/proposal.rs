//! Somebody answered a proposal. What everybody should see is edited in place; the one who pressed
//! hears the rest privately.

use sima_desk::{AnswerTaken, DeskError};
use sima_incident::ProposalId;
use sima_slack::messages;

use super::{
    ask::Asker,
    reply::{self, Reply},
};
use crate::App;

/// It is an incident.
pub async fn open(app: &App, id: ProposalId, asker: &Asker) -> Reply {
    let response_url = asker.response_url.clone();
    said(app, app.desk.open_proposed(id, &asker.actor(), response_url).await)
}

/// It is none.
pub async fn dismiss(app: &App, id: ProposalId, asker: &Asker) -> Reply {
    said(app, app.desk.dismiss_proposed(id, &asker.person).await)
}

fn said(app: &App, taken: Result<AnswerTaken, DeskError>) -> Reply {
    let policy = app.desk.policy();
    Reply::Say(match taken {
        Ok(AnswerTaken::Opened(incident)) => messages::opening(&incident, policy),
        Ok(AnswerTaken::Dismissed(_)) => messages::dismissed(),
        Ok(AnswerTaken::Answered(answered)) => messages::answered_before(&answered, policy),
        Ok(AnswerTaken::Unknown) => messages::proposal_gone(),
        Err(error) => reply::to_error(&error, None),
    })
}

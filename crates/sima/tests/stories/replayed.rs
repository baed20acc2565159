//! Deliveries that could not be recorded: monitors send them again, if the answer is the right one.

use std::collections::BTreeSet;

use crate::{fuzzed::samples, story::Story};

/// Whatever the source, what could not be recorded is asked for again, by the one status that all
/// who ever try again do.
#[tokio::test]
async fn what_could_not_be_recorded_is_asked_for_again_whatever_the_source() {
    let story = Story::begins().await;
    story.sima().desk().store().close().await;
    let mut asked_again = BTreeSet::new();
    for (source, sample) in samples() {
        let path = format!("/alerts/{source}/sandbox");
        let answered = story.sends("POST", &path, &[], sample).await;
        if answered.status == 503 {
            assert!(answered.body.contains("send it again"), "{source}: {answered:?}");
            asked_again.insert(source);
        } else {
            assert_eq!(answered.status, 200, "nothing to record of {source}: {answered:?}");
        }
    }
    let all: BTreeSet<String> = sima_alerts::sources().into_iter().map(str::to_owned).collect();
    assert_eq!(asked_again, all);
    story.sandbox.stop();
}

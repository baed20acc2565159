//! What the store promises, as stories over any database: this suite is its definition.
//!
//! To add a promise, write a story in one of the modules and name it in [`stories!`].

#![allow(clippy::unwrap_used, reason = "every story is the body of a test")]

pub mod alert_holds;
pub mod alert_log;
pub mod cast;
pub mod incidents;
pub mod looks;
pub mod opening;
pub mod outbox;
pub mod presence;
pub mod proposals;
pub mod recording;
pub mod standing;

use std::any::Any;

use sima_store::Store;

/// Where one story plays: a database that goes when the story ends.
pub struct Place {
    /// Its address.
    pub url: String,
    _keeps: Box<dyn Any + Send + Sync>,
}

impl Place {
    /// A place that is there as long as `keeps` is.
    pub fn new(url: String, keeps: impl Any + Send + Sync) -> Self {
        Self { url, _keeps: Box::new(keeps) }
    }

    /// Opens the store there; every call is another process as far as the database can tell.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the place can be opened")
    }

    /// Says something to the database behind the store's back.
    pub async fn sql(&self, text: &'static str) -> Result<(), sqlx::Error> {
        use sqlx::Connection;
        if self.url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
            sqlx::query(text).execute(&mut connection).await?;
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await?;
            sqlx::query(text).execute(&mut connection).await?;
        }
        Ok(())
    }

    /// Asks the database for numbers behind the store's back.
    pub async fn numbers(&self, text: &'static str) -> Vec<i64> {
        use sqlx::Connection;
        let rows: Result<Vec<(i64,)>, _> = if self.url.starts_with("sqlite:") {
            let mut connection =
                sqlx::SqliteConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(text).fetch_all(&mut connection).await
        } else {
            let mut connection =
                sqlx::PgConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(text).fetch_all(&mut connection).await
        };
        rows.expect("rows").into_iter().map(|(number,)| number).collect()
    }
}

/// Makes a test of every story, each at a place of its own.
macro_rules! stories {
    ($place:path) => {
        $crate::suite::stories! { $place =>
            opening::a_newer_schema_is_refused,
            opening::a_closed_store_says_so,
            opening::an_unknown_address_is_refused_with_what_to_write,
            opening::the_schema_guards_the_states,

            recording::an_incident_reads_back_as_its_events_replay,
            recording::a_stale_commit_leaves_nothing,
            recording::a_commit_without_events_is_never_stale,
            recording::a_contradiction_is_refused,
            recording::a_delivery_is_remembered_over_a_restart,
            recording::an_alert_is_taken_only_from_whom_one_expects,
            recording::a_storm_of_one_alert_opens_one_incident,
            recording::sixty_four_recorders_at_once,
            recording::of_sixty_four_changes_to_one_incident_one_is_recorded,
            recording::two_replicas_leave_no_gap_between_events,
            recording::numbers_are_given_once_and_without_a_gap,
            recording::a_channel_name_belongs_to_one_incident,
            recording::one_the_database_cannot_take_does_not_fail_the_others,
            recording::a_caller_that_leaves_does_not_break_the_batch,
            recording::any_text_comes_back_as_it_was,
            recording::those_who_listen_are_told,

            alert_log::what_was_taken_waits_and_outlives_a_restart,
            alert_log::the_one_of_one_is_among_the_first_of_thousands,
            alert_log::the_same_delivery_again_adds_nothing,
            alert_log::a_delivery_is_forgotten_after_three_days,
            alert_log::many_senders_leave_no_gap,
            alert_log::the_log_is_read_in_pages,
            alert_log::any_alert_comes_back_as_it_was,

            alert_holds::an_alert_is_judged_once,
            alert_holds::what_changes_no_incident_is_judged_too,
            alert_holds::an_alert_may_be_over_before_any_incident_holds_it,
            alert_holds::what_is_known_of_an_alert_is_kept,
            alert_holds::many_alerts_are_held_by_one_commit,
            alert_holds::a_group_is_taken_in_by_one_incident,
            alert_holds::what_was_kept_long_enough_is_forgotten,

            incidents::they_are_found_by_all_their_names,
            incidents::lists_are_newest_first_and_in_pages,
            incidents::every_one_is_shown_once_however_many,
            incidents::people_are_remembered_as_last_seen,
            incidents::when_people_last_wrote_is_known,

            looks::the_later_of_two_looks_counts,

            outbox::nobody_gets_an_effect_twice,
            outbox::a_lane_keeps_its_order_and_waits_for_no_other,
            outbox::what_is_given_up_lets_the_lane_go_on,
            outbox::nothing_is_claimed_before_its_time,
            outbox::what_goes_to_a_full_place_is_passed_over,
            outbox::the_most_urgent_goes_first_and_waiting_counts,
            outbox::what_a_person_asks_for_is_theirs,
            outbox::what_an_effect_left_to_be_seen_is_known,
            outbox::a_lease_that_ends_makes_unsure,
            outbox::a_lost_lease_records_nothing,
            outbox::a_stranger_cannot_settle,
            outbox::an_outcome_is_recorded_with_its_settlement,
            outbox::trying_again_keeps_the_doubt,
            outbox::a_merge_meets_one_that_waits_and_follows_one_at_work,
            outbox::an_edit_is_never_lost_to_a_concurrent_claim,
            outbox::once_is_once_in_a_life,
            outbox::a_pause_holds_for_every_replica,
            outbox::a_stopping_worker_gives_back_at_once,
            outbox::what_was_given_up_can_be_seen_and_retried,
            outbox::a_retried_effect_waits_for_the_one_at_work,
            outbox::an_effect_of_a_newer_version_does_not_block,
            outbox::what_was_done_long_ago_is_forgotten,

            standing::what_a_commit_makes_due_is_taken_with_it,
            standing::no_more_is_taken_than_there_is_a_place_for,
            standing::nothing_is_taken_with_what_is_not_recorded,
            standing::who_has_gone_takes_nothing_more,

            presence::who_comes_alone_takes_over_from_the_dead,
            presence::nobody_takes_from_the_living,

            proposals::one_group_is_asked_about_once,
            proposals::what_a_proposal_hears_is_judged_with_it,
            proposals::a_stale_answer_is_not_recorded,
            proposals::an_alert_leads_to_its_proposal,
            proposals::a_proposal_is_due_until_it_is_shown_as_it_is,
            proposals::a_lease_of_a_proposal_that_ends_makes_unsure,
            proposals::who_comes_alone_shows_what_the_dead_were_showing,
            proposals::what_was_opened_untold_is_found,
            proposals::proposals_do_not_stay_for_ever,
            proposals::of_many_who_ask_at_once_one_does,
        }
    };
    ($place:path => $($module:ident :: $story:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                $crate::suite::$module::$story($place().await).await;
            }
        )+
    };
}

pub(crate) use stories;

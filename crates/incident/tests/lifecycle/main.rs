//! Whatever anybody asks, in any order and by any clock: what an incident promises holds.

mod alerts;
mod ask;
mod captures;
mod coverage;
mod frontline;
mod members;
mod mended;
mod people;
mod policy;
mod promised;
mod promises;
mod steps;
mod story;

use proptest::{
    collection::vec,
    test_runner::{Config, TestRunner},
};

use coverage::Coverage;
use story::Story;

/// How many lives are lived, and how many requests each may see.
const LIVES: u32 = 1000;
const REQUESTS: usize = 60;

#[test]
fn any_sequence_of_requests_keeps_every_promise() {
    let config = Config { cases: LIVES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let coverage = std::cell::RefCell::new(Coverage::default());
    let lives = (policy::connected(), ask::beginning(), vec(ask::step(), 1..REQUESTS));
    let outcome = runner.run(&lives, |(connected, beginning, steps)| {
        let mut story = Story::begins(connected);
        for step in std::iter::once(&beginning).chain(&steps) {
            story.goes_on(step, &mut coverage.borrow_mut())?;
        }
        promises::of_the_figures(&story)
    });
    if let Err(broken) = outcome {
        panic!("{broken}");
    }
    let coverage = coverage.into_inner();
    println!("{coverage}");
    coverage.require_every_corner();
}

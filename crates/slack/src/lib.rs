//! Slack spoken both ways: requests become commands, effects become Web API calls.

//! The doors: Slack endpoints, alert webhooks, dashboard and health over HTTP.

//! A workspace on your own machine: stand-ins for Slack, PagerDuty and Notion with a page to act in.

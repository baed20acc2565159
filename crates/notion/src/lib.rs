//! Post-mortem pages spoken: Notion.

//! Paging spoken: PagerDuty Events v2.

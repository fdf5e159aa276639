//! The texts of sheets, which only the server draws: no browser has to load them as a program.

mod de;
mod en;

pub use de::DE;
pub use en::{EN, EN_US};

use super::{Text, table};
use crate::model::{job::JobStatus, language::Language};
use std::ops::Deref;

table! {
    /// The words of the pages behind the frame that the server alone draws.
    SheetText:
    // Settings.
    settings
    sections
    account
    notifications
    appearance
    devices
    save
    saved
    unsaved
    signed_out
    password_changed
    // The account.
    kept_by_practice
    sign_out
    password_title
    password_now
    password_new
    password_button
    password_wrong
    password_short
    password_tries
    // What somebody is told about.
    lead_begin
    lead_list
    lead_end
    matrix
    tell_me
    in_list
    pop_up
    in_list_of
    pop_up_of
    kind_messages
    kind_messages_sub
    kind_jobs
    kind_jobs_sub
    kind_devices
    kind_devices_sub
    not_set_up
    // How pages look.
    theme
    theme_sub
    theme_device
    theme_light
    theme_dark
    size
    size_sub
    size_normal
    size_large
    size_larger
    motion
    motion_sub
    language
    language_sub
    this_device_only
    // Where somebody is signed in.
    signed_in_here
    signed_in_on
    this_device
    in_use
    last_used
    sign_out_of
    sign_out_others
    program
    // What happened meanwhile.
    notices_sub
    notices_choose
    notices_none
    notices_none_text
    notice_new
    notice_one
    notice_many
    notice_joined
    notice_signed_in
    // Home, and who waits.
    people_ways
    jobs_tab
    team_all
    jobs_see_all
    jobs_none_ahead
    today_none
    patients_sub
    patients_caption
    patients_all
    patients_find
    patients_example
    patients_no_match
    find_go
    waiting
    answered
    wait_open
    wait_seen
    wait_now
    wait_minutes
    wait_hour
    wait_hours
    wait_day
    wait_days
    queue
    queue_count
    quoted
    open_chat
    settle
    // Visits, as a patient sees them.
    visits
    visits_title
    visits_find
    visits_sub
    visit_number
    visit_who
    visits_none
    visits_none_text
    visit_chat
    visit_details
    step_planned
    jobs_today
    jobs_next
    jobs_find
    jobs_example
    doctor_away
    doctor_away_text
    doctor_write
    // Home, jobs and their steps.
    jobs_all
    when
    good_morning
    good_afternoon
    good_evening
    recent_empty
    care_team
    care_team_empty
    emergency
    emergency_wait
    doctor_available
    doctor_here
    start_chat
    patients_empty
    last_message
    the_job
    job_number
    jobs_sub
    jobs_upcoming
    jobs_late
    jobs_finished
    jobs_more
    jobs_none
    jobs_none_text
    job_people
    job_unassigned
    job_details
    job_who_when
    job_client
    job_worker
    job_nobody
    job_who
    job_absent
    job_absent_text
    new_job
    ask_what
    ask_client
    ask_not_now
    ask
    steps
    step_done
    step_now
    step_todo
    step_confirm
    step_start
    step_finish
    step_cancel
    status_requested
    status_confirmed
    status_started
    status_finished
    status_cancelled
    ;
}

impl SheetText {
    /// Those of a language.
    pub fn of(language: Language) -> &'static SheetText {
        match language {
            Language::En => &EN,
            Language::EnUs => &EN_US,
            Language::De => &DE,
        }
    }

    /// A status in a word, as it stands at the beginning of a line.
    pub fn status(&self, status: JobStatus) -> &'static str {
        match status {
            JobStatus::Requested => self.status_requested,
            JobStatus::Confirmed => self.status_confirmed,
            JobStatus::Started => self.status_started,
            JobStatus::Finished => self.status_finished,
            JobStatus::Cancelled => self.status_cancelled,
        }
    }
}

/// A sheet says what every page says, and more.
impl Deref for SheetText {
    type Target = Text;

    fn deref(&self) -> &Text {
        let (german, american) = (std::ptr::eq(self, &DE), std::ptr::eq(self, &EN_US));
        Text::of(match () {
            () if german => Language::De,
            () if american => Language::EnUs,
            () => Language::En,
        })
    }
}

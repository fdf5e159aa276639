//! Work between a client and a worker, and the steps it takes.

use super::{
    AccountId, Error, JobId, Result, RoomId, Why,
    account::{Person, Role},
};
use serde::{Deserialize, Serialize};

/// The longest title of a job, in characters.
pub const TITLE_MAX_CHARS: usize = 200;
/// A finished job's conversation stays open this long: somebody left their keys.
pub const OPEN_AFTER_MS: i64 = 7 * 24 * 3_600_000;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    Requested,
    Confirmed,
    Started,
    Finished,
    Cancelled,
}

impl JobStatus {
    /// Every status, in the order jobs pass through them.
    pub const ALL: [JobStatus; 5] = [
        JobStatus::Requested,
        JobStatus::Confirmed,
        JobStatus::Started,
        JobStatus::Finished,
        JobStatus::Cancelled,
    ];

    /// The word stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            JobStatus::Requested => "requested",
            JobStatus::Confirmed => "confirmed",
            JobStatus::Started => "started",
            JobStatus::Finished => "finished",
            JobStatus::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more comes after it.
    pub fn is_over(self) -> bool {
        matches!(self, JobStatus::Finished | JobStatus::Cancelled)
    }

    /// The status of a stored word.
    pub fn from_word(word: &str) -> Option<JobStatus> {
        JobStatus::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// A job as those see it who may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Job {
    pub id: JobId,
    pub title: String,
    pub client: AccountId,
    pub worker: Option<AccountId>,
    pub status: JobStatus,
    /// When it is to be done.
    pub at_ms: i64,
    pub room: RoomId,
    pub confirmed_ms: Option<i64>,
    pub started_ms: Option<i64>,
    pub finished_ms: Option<i64>,
    pub cancelled_ms: Option<i64>,
}

/// Something somebody does with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Confirm,
    Start,
    Finish,
    Cancel,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 4] = [Step::Confirm, Step::Start, Step::Finish, Step::Cancel];

    /// The word in a path.
    pub fn word(self) -> &'static str {
        match self {
            Step::Confirm => "confirm",
            Step::Start => "start",
            Step::Finish => "finish",
            Step::Cancel => "cancel",
        }
    }

    /// The step of a word.
    pub fn from_word(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.word() == word)
    }

    /// Where it leads.
    pub fn to(self) -> JobStatus {
        match self {
            Step::Confirm => JobStatus::Confirmed,
            Step::Start => JobStatus::Started,
            Step::Finish => JobStatus::Finished,
            Step::Cancel => JobStatus::Cancelled,
        }
    }

    /// Whether it can be taken from here.
    pub fn follows(self, status: JobStatus) -> bool {
        match self {
            Step::Confirm => status == JobStatus::Requested,
            Step::Start => status == JobStatus::Confirmed,
            Step::Finish => status == JobStatus::Started,
            Step::Cancel => {
                matches!(status, JobStatus::Requested | JobStatus::Confirmed | JobStatus::Started)
            }
        }
    }

    /// What the conversation says of it.
    pub fn words(self, name: &str) -> String {
        format!("{name} {} the job.", self.to().word())
    }
}

/// A job as one of its people sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCard {
    pub job: Job,
    pub client: Person,
    pub worker: Option<Person>,
    /// What the reader is to it.
    pub part: Part,
    pub unread: u32,
}

impl JobCard {
    /// The steps the reader may take now.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        let (part, status, has_worker) = (self.part, self.job.status, self.worker.is_some());
        Step::ALL.into_iter().filter(move |step| {
            let is_done_by_somebody = has_worker || *step == Step::Cancel;
            is_done_by_somebody && step.follows(status) && part.may(*step, status)
        })
    }

    /// Whom the reader meets: for whom they do it, or who does it.
    pub fn opposite(&self) -> Option<&Person> {
        match self.part {
            Part::Worker => Some(&self.client),
            Part::Client | Part::Office => self.worker.as_ref(),
        }
    }

    /// Whether its conversation is the reader's own.
    pub fn has_chat(&self) -> bool {
        matches!(self.part, Part::Client | Part::Worker)
    }
}

/// The jobs a reader has a part in, and whom the office can give them to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub jobs: Vec<JobCard>,
    pub workers: Vec<Person>,
    /// Whether there are jobs that are not among these.
    pub more: bool,
}

/// What somebody is to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Client,
    Worker,
    /// Whoever gives jobs to workers.
    Office,
}

impl Part {
    /// The part somebody has in a job; nobody else knows that it exists.
    pub fn of(account: AccountId, role: Role, client: AccountId, worker: Option<AccountId>) -> Option<Part> {
        if account == client {
            Some(Part::Client)
        } else if Some(account) == worker {
            Some(Part::Worker)
        } else if role.may_assign_jobs() {
            Some(Part::Office)
        } else {
            None
        }
    }

    /// Whether this part may take a step from a status.
    pub fn may(self, step: Step, from: JobStatus) -> bool {
        match (self, step) {
            (Part::Office, _) => true,
            (Part::Worker, Step::Confirm | Step::Start | Step::Finish) => true,
            (Part::Worker, Step::Cancel) => false,
            // What has begun is not called off over the worker's head.
            (Part::Client, Step::Cancel) => from != JobStatus::Started,
            (Part::Client, Step::Confirm | Step::Start | Step::Finish) => false,
        }
    }
}

/// A job's title, trimmed; the rules it must keep.
pub fn title(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("title", Why::Empty));
    }
    if text.chars().count() > TITLE_MAX_CHARS {
        return Err(Error::invalid("title", Why::TooLong));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid("title", Why::Malformed));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: AccountId = AccountId(1);
    const WORKER: AccountId = AccountId(2);

    #[test]
    fn a_job_runs_one_way() {
        use JobStatus::{Cancelled, Confirmed, Finished, Requested, Started};
        let allowed = |from: JobStatus| {
            let steps = Step::ALL.into_iter().filter(|step| step.follows(from));
            steps.map(Step::to).collect::<Vec<_>>()
        };
        assert_eq!(allowed(Requested), [Confirmed, Cancelled]);
        assert_eq!(allowed(Confirmed), [Started, Cancelled]);
        assert_eq!(allowed(Started), [Finished, Cancelled]);
        assert_eq!(allowed(Finished), []);
        assert_eq!(allowed(Cancelled), []);
    }

    #[test]
    fn who_has_which_part() {
        let part = |id, role| Part::of(AccountId(id), role, CLIENT, Some(WORKER));
        assert_eq!(part(1, Role::Client), Some(Part::Client));
        assert_eq!(part(2, Role::Worker), Some(Part::Worker));
        assert_eq!(part(3, Role::Staff), Some(Part::Office));
        assert_eq!(part(3, Role::Admin), Some(Part::Office));
        for role in [Role::Client, Role::Worker, Role::Patient, Role::Practitioner] {
            assert_eq!(part(3, role), None);
        }
    }

    #[test]
    fn a_client_calls_off_what_has_not_begun_and_a_worker_works() {
        let may = |part: Part, from| {
            let steps = Step::ALL.into_iter().filter(|step| part.may(*step, from));
            steps.map(Step::word).collect::<Vec<_>>()
        };
        assert_eq!(may(Part::Client, JobStatus::Confirmed), ["cancel"]);
        assert_eq!(may(Part::Client, JobStatus::Started), [""; 0]);
        assert_eq!(may(Part::Worker, JobStatus::Confirmed), ["confirm", "start", "finish"]);
        assert_eq!(may(Part::Office, JobStatus::Started), ["confirm", "start", "finish", "cancel"]);
    }
}

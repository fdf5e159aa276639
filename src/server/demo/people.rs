//! The cast of the demo: who is there, who looks after whom, and what work there is.

use crate::model::{account::Role, job::JobStatus};

/// Somebody in the demo; their address is `key@demo.confer`.
pub struct Part {
    pub key: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub headline: Option<&'static str>,
    pub born: Option<&'static str>,
}

impl Part {
    /// The address they sign in with.
    pub fn email(&self) -> String {
        format!("{}@demo.confer", self.key)
    }
}

const fn colleague(key: &'static str, name: &'static str, role: Role, headline: &'static str) -> Part {
    Part { key, name, role, headline: Some(headline), born: None }
}

const fn practitioner(key: &'static str, name: &'static str, headline: &'static str) -> Part {
    colleague(key, name, Role::Practitioner, headline)
}

const fn staff(key: &'static str, name: &'static str, headline: &'static str) -> Part {
    colleague(key, name, Role::Staff, headline)
}

const fn worker(key: &'static str, name: &'static str, headline: &'static str) -> Part {
    colleague(key, name, Role::Worker, headline)
}

const fn patient(key: &'static str, name: &'static str, born: &'static str) -> Part {
    Part { key, name, role: Role::Patient, headline: None, born: Some(born) }
}

const fn client(key: &'static str, name: &'static str) -> Part {
    Part { key, name, role: Role::Client, headline: None, born: None }
}

/// Everybody.
pub const PEOPLE: [Part; 55] = [
    practitioner("okafor", "Dr Amara Okafor", "GP"),
    practitioner("castellanos", "Dr Mateo Castellanos", "Cardiologist"),
    practitioner("sundaram", "Dr Priya Sundaram", "GP"),
    practitioner("haddad", "Dr Youssef Haddad", "Geriatrician"),
    practitioner("llewellyn", "Dr Nia Llewellyn", "Lung specialist"),
    practitioner("morimoto", "Dr Kenji Morimoto", "Psychologist"),
    practitioner("abernathy", "Fiona Abernathy", "Physiotherapist"),
    practitioner("dlamini", "Thandiwe Dlamini", "Diabetes nurse specialist"),
    practitioner("adeyemi", "Oluwaseun Adeyemi", "Clinical pharmacist"),
    practitioner("kerrigan", "Siobhan Kerrigan", "Occupational therapist"),
    staff("lindqvist", "Ingrid Lindqvist", "District nurse"),
    staff("mensah", "Kofi Mensah", "Practice nurse"),
    staff("chowdhury", "Rashid Chowdhury", "Night nurse"),
    staff("birch", "Hannah Birch", "Healthcare assistant"),
    staff("zielinski", "Tomasz Zielinski", "Care coordinator"),
    staff("foyle", "Declan Foyle", "Social worker"),
    staff("carvalho", "Beatriz Carvalho", "Receptionist"),
    staff("tan", "Mei-Ling Tan", "Practice manager"),
    colleague("admin", "Ruth Calloway", Role::Admin, "Systems and accounts"),
    patient("hale", "Margaret Hale", "1951-03-12"),
    patient("whitcombe", "George Whitcombe", "1944-05-04"),
    patient("ashdown", "Dorothy Ashdown", "1938-11-02"),
    patient("adjei", "Samuel Adjei", "1962-07-19"),
    patient("rahmani", "Yasmin Rahmani", "1979-01-25"),
    patient("molloy", "Patrick Molloy", "1955-09-30"),
    patient("venkatesan", "Lakshmi Venkatesan", "1948-06-14"),
    patient("pritchard", "Owen Pritchard", "1971-12-08"),
    patient("eze", "Chidi Eze", "1986-04-03"),
    patient("marchetti", "Rosa Marchetti", "1959-08-22"),
    patient("simms", "Walter Simms", "1941-02-17"),
    patient("brennan", "Aoife Brennan", "1990-10-11"),
    patient("coombes", "Harriet Coombes", "1966-03-29"),
    patient("farah", "Ibrahim Farah", "1953-05-16"),
    patient("oyelaran", "Grace Oyelaran", "1974-09-05"),
    patient("bexley", "Leonard Bexley", "1936-12-21"),
    patient("deshmukh", "Anjali Deshmukh", "1993-02-09"),
    patient("kowalczyk", "Stefan Kowalczyk", "1958-11-13"),
    patient("fitzgibbon", "Nora Fitzgibbon", "1947-07-07"),
    patient("gittens", "Trevor Gittens", "1957-01-31"),
    patient("pham", "Linh Pham", "1992-06-26"),
    patient("marlowe", "Edith Marlowe", "1932-04-18"),
    patient("tavares", "Joaquim Tavares", "1964-10-02"),
    patient("wren", "Sophie Wren", "1995-08-15"),
    client("bell", "Arthur Bell"),
    client("whitlock", "Constance Whitlock"),
    client("clarke", "Desmond Clarke"),
    client("noorzai", "Farida Noorzai"),
    client("parry", "Gwen Parry"),
    client("vogelsang", "Helmut Vogelsang"),
    worker("piotr", "Piotr Nowak", "Handyman"),
    worker("osei", "Abena Osei", "Home helper"),
    worker("whittaker", "Jamal Whittaker", "Driver"),
    worker("quintero", "Marisol Quintero", "Cleaner"),
    worker("marek", "Zofia Marek", "Cook"),
    worker("reid", "Callum Reid", "Gardener"),
];

/// Practitioners and their patients; a pair that has not talked yet has no room.
pub const CARE: [(&str, &[&str]); 10] = [
    (
        "okafor",
        &[
            "hale",
            "whitcombe",
            "ashdown",
            "adjei",
            "rahmani",
            "molloy",
            "venkatesan",
            "pritchard",
            "eze",
            "marchetti",
            "simms",
            "brennan",
        ],
    ),
    ("castellanos", &["hale", "whitcombe", "bexley", "gittens"]),
    ("sundaram", &["coombes", "farah", "oyelaran", "deshmukh", "wren"]),
    ("haddad", &["bexley", "marlowe", "fitzgibbon"]),
    ("llewellyn", &["kowalczyk", "simms"]),
    ("morimoto", &["pham", "wren"]),
    ("abernathy", &["ashdown", "molloy", "fitzgibbon"]),
    ("dlamini", &["adjei", "tavares", "oyelaran"]),
    ("adeyemi", &["venkatesan", "gittens"]),
    ("kerrigan", &["marlowe", "coombes"]),
];

/// Colleagues who talk as a group.
pub const GROUPS: [(&str, &[&str]); 2] = [
    ("Heart care team", &["okafor", "castellanos", "adeyemi", "lindqvist", "mensah", "birch", "zielinski"]),
    (
        "Front desk and home visits",
        &["carvalho", "tan", "zielinski", "lindqvist", "chowdhury", "foyle", "admin"],
    ),
];

/// A job; its day counts from today, its time is UTC.
pub struct Work {
    pub title: &'static str,
    pub client: &'static str,
    pub worker: Option<&'static str>,
    pub status: JobStatus,
    pub day: i64,
    pub minute: i64,
}

const fn work(
    title: &'static str,
    (client, worker): (&'static str, Option<&'static str>),
    status: JobStatus,
    (day, minute): (i64, i64),
) -> Work {
    Work { title, client, worker, status, day, minute }
}

/// Every job, in each status.
pub const JOBS: [Work; 14] = [
    work("Clear the gutters", ("bell", Some("piotr")), JobStatus::Finished, (-19, 600)),
    work("Ramp at the front door", ("bell", Some("piotr")), JobStatus::Started, (0, 480)),
    work("Grab rails in the bathroom", ("bell", Some("piotr")), JobStatus::Confirmed, (3, 570)),
    work("Mend the garden gate", ("bell", None), JobStatus::Requested, (7, 600)),
    work("Lift to the eye clinic", ("clarke", Some("whittaker")), JobStatus::Started, (0, 440)),
    work("Help at home, mornings", ("whitlock", Some("osei")), JobStatus::Confirmed, (1, 450)),
    work("Deep clean after building work", ("noorzai", Some("quintero")), JobStatus::Finished, (-8, 480)),
    work("Meals for two weeks", ("vogelsang", Some("marek")), JobStatus::Started, (-5, 750)),
    work("Cut back the hedge", ("parry", None), JobStatus::Requested, (10, 540)),
    work("Home visit", ("hale", Some("lindqvist")), JobStatus::Confirmed, (2, 690)),
    work("Blood test", ("hale", None), JobStatus::Requested, (14, 555)),
    work("Phone call", ("ashdown", Some("okafor")), JobStatus::Finished, (0, 510)),
    work("Video call", ("adjei", Some("okafor")), JobStatus::Confirmed, (0, 810)),
    work("Home visit", ("simms", Some("okafor")), JobStatus::Confirmed, (1, 930)),
];

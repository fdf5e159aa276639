//! Home: what somebody sees first, gathered for its page.

use super::{App, care, gate::Scope, person, room};
use crate::{
    args,
    model::{
        Result,
        account::Role,
        home::{Home, Patient},
        timeline::Delivery,
    },
    server::board,
};
use std::collections::HashMap;

/// A practitioner's patients, the longest wait first.
pub async fn patients(app: &App, me: &Scope) -> Result<Vec<Patient>> {
    if !me.role.may_have_patients() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, i64, i64, i64, Option<i64>)> = app
        .db
        .all(
            "select c.patient_id, r.last_seq, m.delivered_seq, m.read_seq, \
             (select read_seq from member where room_id = r.id and account_id = $1), \
             (select min(w.sent_at) from message w where w.room_id = r.id and w.sender_id = c.patient_id \
             and w.kind <> 'system' and w.seq > r.settled_seq \
             and w.seq > coalesce((select o.seq from message o where o.room_id = r.id \
             and o.sender_id <> c.patient_id and o.kind <> 'system' order by o.seq desc limit 1), 0)) \
             from care c join room r on r.care_id = c.id \
             join member m on m.room_id = r.id and m.account_id = c.patient_id \
             where c.practitioner_id = $1",
            args![me.account],
        )
        .await?;
    // Asked before the words are: what is read of them in between is not taken for what was shown.
    let mut known: HashMap<i64, (i64, Delivery, Option<i64>)> = HashMap::with_capacity(rows.len());
    for (patient, head, delivered, read, own_read, waits_since_ms) in rows {
        let delivery = match () {
            () if read >= head => Delivery::Read,
            () if delivered >= head => Delivery::Delivered,
            () => Delivery::Sent,
        };
        known.insert(patient, (own_read, delivery, waits_since_ms));
    }
    let contacts = care::contacts(app, me).await?;
    let mut patients: Vec<Patient> = contacts
        .into_iter()
        .map(|contact| {
            let known = known.remove(&contact.person.id.0);
            let (read, delivery, waits_since_ms) =
                known.map_or((0, None, None), |(read, delivery, waits_ms)| (read, Some(delivery), waits_ms));
            let is_mine = contact.last.as_ref().is_some_and(|last| last.sender == me.account);
            Patient { contact, read, waits_since_ms, delivery: delivery.filter(|_| is_mine) }
        })
        .collect();
    patients.sort_by_cached_key(Patient::place);
    Ok(patients)
}

/// Gathers what is on somebody's home: of a role's own only.
pub async fn gather(app: &App, me: &Scope) -> Result<Home> {
    let mut home = Home::default();
    let mut jobs = board::board(app, me, None).await?.jobs;
    jobs.retain(|card| !card.job.status.is_over());
    jobs.reverse();
    home.jobs = jobs;
    if me.role.may_have_patients() {
        home.patients = patients(app, me).await?;
        home.team = person::directory(app, me).await?;
        return Ok(home);
    }
    let page = room::list(app, me, None).await?;
    (home.rooms, home.unread) = (page.rooms, page.unread);
    if me.role == Role::Patient {
        home.doctors = care::contacts(app, me).await?;
    }
    Ok(home)
}

//! Jobs in front of their board: one with its steps, and the form that asks for another.

use super::{
    conversation::UnreadBadge,
    dialog::Dialog,
    icon::Icon,
    steps::{JobTime, StepButtons, Steps},
    when::Moment,
};
use crate::{
    model::{
        account::Person,
        job::{JobCard, JobStatus},
    },
    ui::{
        live::Live,
        text::{fill, text},
    },
};
use leptos::{ev, html, prelude::*};

/// One job with its steps.
#[component]
pub fn JobDialog(card: JobCard, workers: Vec<Person>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let job = card.job.clone();
    let born = card.client.born.clone();
    let born = Signal::derive(move || {
        let now = Moment::at(live.now_ms.get(), live.zone.get());
        let born = born.as_deref().and_then(|born| t.birthday(born, &now));
        born.map_or_else(String::new, |born| fill(t.born, &[&born]))
    });
    let (room, unread) = (job.room, card.unread);
    let unread = Memo::new(move |_| live.unread(Some(room), unread));
    let chat = card.has_chat().then(|| {
        view! {
            <a class="btn" href=format!("/jobs/{}/chat", job.id)>
                <Icon name="#i-chat"/>
                {t.chat}
                " "
                <UnreadBadge count=unread/>
            </a>
        }
    });
    let is_open = !matches!(job.status, JobStatus::Finished | JobStatus::Cancelled);
    let assign = (!workers.is_empty() && is_open).then(|| view! { <Assign card=card.clone() workers/> });
    let worker = match &card.worker {
        Some(worker) => view! { {worker.name.clone()} <small>{t.caption(worker)}</small> }.into_any(),
        None => view! { {t.job_nobody} }.into_any(),
    };
    view! {
        <Dialog title=job.title.clone() back="/jobs" sub=fill(t.job_number, &[&job.id.to_string()]) status=job.status>
            <div class="dialog__body stack" tabindex="0" role="region" aria-label=t.job_details>
                <Steps job=job.clone()/>
                <section class="card" aria-label=t.job_who_when>
                    <dl class="facts facts--icons facts--pad">
                        <div>
                            <dt>
                                <Icon name="#i-user"/>
                                {t.job_client}
                            </dt>
                            <dd>{card.client.name.clone()} <small>{born}</small></dd>
                        </div>
                        <div>
                            <dt>
                                <Icon name="#i-users"/>
                                {t.job_worker}
                            </dt>
                            <dd>{worker}</dd>
                        </div>
                        <div>
                            <dt>
                                <Icon name="#i-clock"/>
                                {t.when}
                            </dt>
                            <dd>
                                <JobTime ms=job.at_ms/>
                            </dd>
                        </div>
                    </dl>
                </section>
                {assign}
            </div>
            <footer class="dialog__foot dialog__foot--split">
                <span>{chat}</span>
                <StepButtons card/>
            </footer>
        </Dialog>
    }
}

/// The office gives a job to somebody.
#[component]
fn Assign(card: JobCard, workers: Vec<Person>) -> impl IntoView {
    let t = text();
    let chosen = card.worker.map(|worker| worker.id);
    let options = workers
        .into_iter()
        .map(|worker| {
            view! { <option value=worker.id.to_string() selected=chosen == Some(worker.id)>{worker.name}</option> }
        })
        .collect_view();
    view! {
        <form method="post" action=format!("/jobs/{}/worker", card.job.id) class="field">
            <label class="field__label" for="worker">{t.job_who}</label>
            <div class="jobways">
                <select class="input" id="worker" name="worker">
                    <option value="" selected=chosen.is_none()>{t.job_nobody}</option>
                    {options}
                </select>
                <button class="btn">{t.save}</button>
            </div>
        </form>
    }
}

/// A job that is not there, or not one's own.
#[component]
pub fn NoJob() -> impl IntoView {
    let t = text();
    view! {
        <Dialog title=t.job_absent back="/jobs">
            <div class="dialog__body">
                <p>{t.job_absent_text}</p>
            </div>
        </Dialog>
    }
}

/// Asks for work.
#[component]
pub fn AskDialog(is_office: bool) -> impl IntoView {
    let t = text();
    // The clock may have been changed by then: how far that moment is from UTC is not how far today is.
    let zone = NodeRef::<html::Input>::new();
    let typed = move |event: ev::Event| {
        let at = js_sys::Date::new(&event_target_value(&event).into());
        if let Some(zone) = zone.get_untracked().filter(|_| !at.get_time().is_nan()) {
            zone.set_value(&(-at.get_timezone_offset()).to_string());
        }
    };
    let client = is_office.then(|| {
        view! {
            <div class="field">
                <label class="field__label" for="job-client">{t.ask_client}</label>
                <input class="input" id="job-client" name="client" type="email" required/>
            </div>
        }
    });
    view! {
        <Dialog title=t.new_job back="/jobs">
            <form method="post" action="/jobs">
                <div class="dialog__body stack">
                    <div class="field">
                        <label class="field__label" for="job-title">{t.ask_what}</label>
                        <input class="input" id="job-title" name="title" maxlength="200" required/>
                    </div>
                    <div class="field">
                        <label class="field__label" for="job-at">{t.when}</label>
                        <input class="input" id="job-at" name="at" type="datetime-local" required on:input=typed/>
                        <input type="hidden" name="zone" node_ref=zone/>
                    </div>
                    {client}
                </div>
                <footer class="dialog__foot">
                    <a class="btn" href="/jobs">{t.ask_not_now}</a>
                    <button class="btn btn--primary">{t.ask}</button>
                </footer>
            </form>
        </Dialog>
    }
}

//! Jobs in front of their board: one with its steps, and the form that asks for another.

use super::{
    Reader,
    birthday::born,
    part::Unread,
    steps::{JobTime, StatusTag, StepButtons, Steps},
};
use crate::{
    model::{
        account::{Person, Role},
        job::JobCard,
    },
    ui::{part::icon::Icon, text::fill},
};
use leptos::prelude::*;

/// A dialog with a title, and a link that leads back: part of the page as long as there is no script, in front of it
/// as soon as there is.
#[component]
fn Dialog(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: Option<String>,
    #[prop(optional)] tag: Option<AnyView>,
    /// What had opened it, and gets the focus back.
    opener: String,
    /// The page it stands in front of.
    back: String,
    reader: Reader,
    children: Children,
) -> impl IntoView {
    view! {
        <dialog class="dialog" open id=format!("dialog-{opener}") aria-labelledby="dialog-title" data-from=opener>
            <header class="dialog__head">
                <div class="grow">
                    <h2 id="dialog-title" tabindex="-1" autofocus>
                        {title}
                    </h2>
                    {sub.map(|sub| view! { <p class="muted">{sub}</p> })}
                </div>
                {tag}
                <a class="icon-btn" href=back aria-label=reader.text().close data-close="" data-stay="">
                    <Icon name="#i-close"/>
                </a>
            </header>
            {children()}
        </dialog>
    }
}

/// One job with its steps.
#[component]
pub fn JobDialog(card: JobCard, workers: Vec<Person>, back: String, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let job = card.job.clone();
    let born = born(&card.client, reader);
    let unread = card.unread;
    let chat = card.has_chat().then(|| {
        view! {
            <a class="btn" href=format!("/jobs/{}/chat", job.id)>
                <Icon name="#i-chat"/>
                {t.chat}
                " "
                <Unread count=unread reader/>
            </a>
        }
    });
    let is_open = !job.status.is_over();
    let is_visit = card.client.role == Role::Patient;
    let (number, client_title, worker_title) = match is_visit {
        true => (t.visit_number, t.patient, t.visit_who),
        false => (t.job_number, t.job_client, t.job_worker),
    };
    let assign =
        (!workers.is_empty() && is_open).then(|| view! { <Assign card=card.clone() workers reader/> });
    let worker = match &card.worker {
        Some(worker) => view! { {worker.name.clone()} <small>{t.caption(worker)}</small> }.into_any(),
        None => view! { {t.job_nobody} }.into_any(),
    };
    view! {
        <Dialog
            title=job.title.clone()
            sub=fill(number, &[&job.id.to_string()])
            tag=view! { <StatusTag status=job.status reader/> }.into_any()
            opener=format!("job-{}", job.id)
            back
            reader
        >
            <div class="dialog__body stack" tabindex="0" role="region" aria-label=t.job_details>
                <Steps job=job.clone() reader/>
                <section class="card" aria-label=t.job_who_when>
                    <dl class="facts facts--icons facts--pad">
                        <div>
                            <dt>
                                <Icon name="#i-user"/>
                                {client_title}
                            </dt>
                            <dd>{card.client.name.clone()} <small>{born}</small></dd>
                        </div>
                        <div>
                            <dt>
                                <Icon name="#i-users"/>
                                {worker_title}
                            </dt>
                            <dd>{worker}</dd>
                        </div>
                        <div>
                            <dt>
                                <Icon name="#i-clock"/>
                                {t.when}
                            </dt>
                            <dd>
                                <JobTime ms=job.at_ms reader/>
                            </dd>
                        </div>
                    </dl>
                </section>
                {assign}
            </div>
            <footer class="dialog__foot dialog__foot--split">
                <span>{chat}</span>
                <StepButtons card reader/>
            </footer>
        </Dialog>
    }
}

/// The office gives a job to somebody.
#[component]
fn Assign(card: JobCard, workers: Vec<Person>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let chosen = card.worker.map(|worker| worker.id);
    let options = workers
        .into_iter()
        .map(|worker| {
            // By its id it stays the same one, chosen or not, when others come.
            view! {
                <option
                    id=format!("worker-{}", worker.id)
                    value=worker.id.to_string()
                    selected=chosen == Some(worker.id)
                >
                    {worker.name}
                </option>
            }
        })
        .collect_view();
    view! {
        <form method="post" action=format!("/jobs/{}/worker", card.job.id) class="field">
            <label class="field__label" for="worker">{t.job_who}</label>
            <div class="cluster">
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
pub fn NoJob(back: String, reader: Reader) -> impl IntoView {
    let t = reader.text();
    view! {
        <Dialog title=t.job_absent opener="no-job".into() back reader>
            <div class="dialog__body">
                <p>{t.job_absent_text}</p>
            </div>
        </Dialog>
    }
}

/// Asks for work.
#[component]
pub fn AskDialog(is_office: bool, back: String, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let client = is_office.then(|| {
        view! {
            <div class="field">
                <label class="field__label" for="job-client">{t.ask_client}</label>
                <input class="input" id="job-client" name="client" type="email" required/>
            </div>
        }
    });
    view! {
        <Dialog title=t.new_job opener="new-job".into() back=back.clone() reader>
            <form method="post" action="/jobs">
                <div class="dialog__body stack">
                    <div class="field">
                        <label class="field__label" for="job-title">{t.ask_what}</label>
                        <input class="input" id="job-title" name="title" maxlength="200" required/>
                    </div>
                    <div class="field">
                        <label class="field__label" for="job-at">{t.when}</label>
                        <input class="input" id="job-at" name="at" type="datetime-local" required/>
                    </div>
                    {client}
                </div>
                <footer class="dialog__foot">
                    <a class="btn" href=back data-close="" data-stay="">
                        {t.ask_not_now}
                    </a>
                    <button class="btn btn--primary">{t.ask}</button>
                </footer>
            </form>
        </Dialog>
    }
}

/// A job above its conversation.
#[component]
pub fn JobBar(card: JobCard, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let job = card.job.clone();
    view! {
        <section class="jobbar" aria-label=t.the_job>
            <div class="jobbar__facts">
                <p>
                    <Icon name="#i-jobs"/>
                    <a href=format!("/jobs/{}", job.id)>{job.title.clone()}</a>
                </p>
                <p>
                    <Icon name="#i-clock"/>
                    <strong>
                        <JobTime ms=job.at_ms reader/>
                    </strong>
                </p>
            </div>
            <Steps job slim=true reader/>
            <StepButtons card to_chat=true reader/>
        </section>
    }
}

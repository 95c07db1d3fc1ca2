//! The lab's state and everything that happens to it. Components read signals and call methods, no more.

use std::rc::Rc;

use leptos::prelude::*;
use oolong_protocol::{ParserName, ReportFormat, TemplateFormat};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File, HtmlAnchorElement, Url};

use crate::{
    files::{Files, Place},
    language::Language,
    machine::{Ask, Event, Phase},
    plumbing::{News, Plumbing},
    words::Words,
};

/// The reports of the last run.
#[derive(Clone, Default)]
pub(crate) struct Reports {
    /// Those that are ready, with their addresses.
    pub(crate) ready: Vec<(ReportFormat, String)>,
    /// Whether some are missing and will not come.
    pub(crate) broken: bool,
}

/// Cheap to copy, because everything in it is a handle.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) language: RwSignal<Language>,
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) parser: RwSignal<ParserName>,
    pub(crate) files: Files,
    pub(crate) reports: RwSignal<Reports>,
    plumbing: StoredValue<Rc<Plumbing>, LocalStorage>,
}

impl Session {
    /// An empty lab. No worker is started yet.
    pub(crate) fn start() -> Self {
        let (phase, reports) = (RwSignal::new(Phase::Empty), RwSignal::new(Reports::default()));
        let files = Files::none();
        let given = move || Place::ALL.map(|place| files.at(place).get_untracked());
        let tell = move |news| match news {
            News::Phase(now) => phase.set(now),
            News::Report(format, file) => {
                if let Ok(url) = Url::create_object_url_with_blob(&file) {
                    reports.update(|reports| reports.ready.push((format, url)));
                }
            }
            News::Broken => reports.update(|reports| reports.broken = true),
            News::Template(format, file) => save(template_name(format), &file),
        };
        Self {
            language: RwSignal::new(Language::at_first()),
            phase,
            parser: RwSignal::new(ParserName::Local),
            files,
            reports,
            plumbing: StoredValue::new_local(Plumbing::new(given, tell)),
        }
    }

    /// The words of the language in use.
    pub(crate) fn words(&self) -> &'static Words {
        self.language.get().words()
    }

    pub(crate) fn set_language(&self, language: Language) {
        self.language.set(language);
        language.keep();
    }

    /// Runs the cases that were given, or sample cases.
    pub(crate) fn run(&self, keep_going: bool) {
        for (_, url) in self.reports.get_untracked().ready {
            let _ = Url::revoke_object_url(&url);
        }
        self.reports.set(Reports::default());
        self.happen(Event::Ask(Ask::Run { parser: self.parser.get_untracked(), keep_going }));
    }

    pub(crate) fn stop(&self) {
        self.happen(Event::Cancel);
    }

    /// Makes sample cases to edit and saves them.
    pub(crate) fn template(&self, format: TemplateFormat) {
        self.happen(Event::Ask(Ask::Template(format)));
    }

    /// Takes a file, or takes one back.
    pub(crate) fn give(&self, place: Place, file: Option<File>) {
        self.files.at(place).set(file);
    }

    /// Whether something is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.phase.with(Phase::is_busy)
    }

    fn happen(&self, event: Event) {
        self.plumbing.with_value(|plumbing| plumbing.happen(event));
    }
}

/// The session of the component that asks.
pub(crate) fn use_session() -> Session {
    expect_context()
}

fn template_name(format: TemplateFormat) -> &'static str {
    match format {
        TemplateFormat::Jsonl => "cases.jsonl",
        TemplateFormat::Csv => "cases.csv",
    }
}

/// Has the browser save a file, as a click on a link would.
fn save(name: &str, file: &Blob) {
    let Ok(url) = Url::create_object_url_with_blob(file) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser has taken the file over by then.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
}

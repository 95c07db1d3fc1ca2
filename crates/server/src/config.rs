//! What the operator decides: flags, or environment variables of the same meaning.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

use crate::shop::{Operation, ShopSettings};
use crate::site::MapTiles;

/// Everything that can be set; each flag can be given as an environment variable instead.
#[derive(Clone, Debug, Parser)]
#[command(name = "oolong-server", version)]
#[command(
    about = "The server of the shopping page: its files, its remote agent (OpenAI-compatible chat completions), its shop."
)]
#[command(after_help = "\
Endpoints: POST /v1/chat/completions, GET /v1/models, the shop's under /v1 (vouchers, wallet, orders, redemptions, \
stores), /stores, /healthz, /readyz, /metrics (for operators: see --metrics-listen), and the site.
What a shopper says is neither logged nor kept. TLS is the business of a proxy in front (then: --trust-proxy).
Without a command it serves; the commands work beside a running server, given the same --data or --database-url.

Example: oolong-server --listen 0.0.0.0:8080 --trust-proxy --workers 3 --data /var/lib/oolong")]
#[command(subcommand_negates_reqs = true)]
pub struct Config {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub operation: Option<Operation>,

    /// Address and port; port 0 takes any that is free.
    #[arg(
        long,
        env = "OOLONG_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        help_heading = "Network"
    )]
    pub listen: SocketAddr,
    /// Serve /metrics on this address and port only, where the public cannot reach it. Default: beside everything else.
    #[arg(long, env = "OOLONG_METRICS_LISTEN", value_name = "ADDRESS", help_heading = "Network")]
    pub metrics_listen: Option<SocketAddr>,
    /// Most connections at a time, open streams included; further ones are answered with 503. Each needs a file
    /// descriptor: as many as are allowed (`ulimit -Hn`) are asked for at the start.
    #[arg(
        long,
        env = "OOLONG_MAX_CONNECTIONS",
        value_name = "COUNT",
        default_value = "16384",
        help_heading = "Network"
    )]
    pub max_connections: NonZeroUsize,
    /// Believe the last hop of X-Forwarded-For. Only behind a proxy that sets it, else clients choose their own address.
    #[arg(long, env = "OOLONG_TRUST_PROXY", help_heading = "Network")]
    pub trust_proxy: bool,
    /// At SIGTERM or Ctrl-C: how long accepted work may take to finish.
    #[arg(long, env = "OOLONG_DRAIN_SECONDS", value_name = "SECONDS", default_value_t = 10, help_heading = "Network")]
    pub drain_seconds: u64,

    /// Campaign of the shop, and for plain words; the pages of this project send the part of theirs that is needed.
    /// Default: the sample.
    #[arg(long, env = "OOLONG_CAMPAIGN", value_name = "FILE", global = true, help_heading = "Understanding")]
    pub campaign: Option<PathBuf>,
    /// GGUF file: the small model of this project, or a general instruction model. Default: the model of this build.
    #[arg(
        long,
        env = "OOLONG_MODEL",
        value_name = "FILE",
        conflicts_with = "upstream",
        help_heading = "Understanding"
    )]
    pub model: Option<PathBuf>,
    /// Engines that work at the same time, each on a thread of its own. Default: one less than there are cores; 1 for a
    /// general model, whose weights every engine holds once more.
    #[arg(long, env = "OOLONG_WORKERS", value_name = "COUNT", help_heading = "Understanding")]
    pub workers: Option<NonZeroUsize>,

    /// Ask this OpenAI-compatible server instead of a model here, e.g. https://api.openai.com/v1. Its key is taken from
    /// the environment variable OOLONG_UPSTREAM_KEY.
    #[arg(long, env = "OOLONG_UPSTREAM", value_name = "URL", requires = "upstream_model", help_heading = "Upstream")]
    pub upstream: Option<String>,
    /// What that server calls the model to use.
    #[arg(long, env = "OOLONG_UPSTREAM_MODEL", value_name = "NAME", help_heading = "Upstream")]
    pub upstream_model: Option<String>,
    /// Most questions that the other server is asked at a time.
    #[arg(
        long,
        env = "OOLONG_UPSTREAM_CONCURRENCY",
        value_name = "COUNT",
        default_value = "16",
        help_heading = "Upstream"
    )]
    pub upstream_concurrency: NonZeroUsize,
    /// The key for the other server; not a flag, because everybody on a machine can read flags.
    #[arg(skip)]
    pub upstream_key: Option<Key>,

    /// Longest wait for a free engine; who would wait longer is told so at once, with 503 and Retry-After.
    #[arg(long, env = "OOLONG_QUEUE_MS", value_name = "MS", default_value_t = 500, help_heading = "Limits")]
    pub queue_ms: u64,
    /// Longest time from a question's arrival to its answer, waiting included. General models need more than the default.
    #[arg(long, env = "OOLONG_DEADLINE_MS", value_name = "MS", default_value_t = 2000, help_heading = "Limits")]
    pub deadline_ms: u64,
    /// Questions per minute from one address (IPv6: one /64), on average; 0 sets no limit. A café or an office is one
    /// address: 600 lets 100 guests ask every 10 seconds. A carrier's shared address can need more.
    #[arg(long, env = "OOLONG_RATE_PER_MINUTE", value_name = "COUNT", default_value_t = 600, help_heading = "Limits")]
    pub rate_per_minute: u32,
    /// Questions that one address may ask at once before the average counts.
    #[arg(long, env = "OOLONG_BURST", value_name = "COUNT", default_value = "120", help_heading = "Limits")]
    pub burst: NonZeroU32,

    /// Folder of the built page, read once at the start. Default: `dist`, if there is one here.
    #[arg(long, env = "OOLONG_SITE", value_name = "FOLDER", help_heading = "Site")]
    pub site: Option<PathBuf>,
    /// Do not tell the page that there is a remote agent here.
    #[arg(long, env = "OOLONG_NO_AGENT", help_heading = "Site")]
    pub no_agent: bool,
    /// Pictures under the map of stores, e.g. https://tiles.example/{z}/{x}/{y}.png: visitors load them from that host, and
    /// the page's policy allows it. Without them the map is drawn from the stores alone.
    #[arg(long, env = "OOLONG_TILES", value_name = "URL", help_heading = "Site")]
    pub tiles: Option<MapTiles>,
    /// Whose pictures these are.
    #[arg(
        long,
        env = "OOLONG_TILES_ATTRIBUTION",
        value_name = "TEXT",
        default_value = "© OpenStreetMap contributors",
        help_heading = "Site"
    )]
    pub tiles_attribution: String,
    /// Kill switch: browsers that have kept the page for offline use forget it on their next visit.
    #[arg(long, env = "OOLONG_NO_SERVICE_WORKER", help_heading = "Site")]
    pub no_service_worker: bool,

    /// Vouchers, stores and orders.
    #[command(flatten)]
    pub shop: ShopSettings,
}

/// A secret that no log shows.
#[derive(Clone)]
pub struct Key(String);

impl Config {
    /// Engines on this machine, for a model that each of them holds `costly`ly or not.
    pub(crate) fn workers(&self, costly: bool) -> usize {
        let spare = || std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
        self.workers.map_or_else(|| if costly { 1 } else { spare() }, NonZeroUsize::get)
    }

    /// The folder of the page, if there is one.
    pub(crate) fn site(&self) -> Option<PathBuf> {
        self.site.clone().or_else(|| Some(PathBuf::from("dist")).filter(|folder: &PathBuf| Path::is_dir(folder)))
    }

    /// The longest wait for an engine.
    pub(crate) fn queue(&self) -> Duration {
        Duration::from_millis(self.queue_ms)
    }

    /// The longest time for a question.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

impl Key {
    /// Takes a secret.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, for the one header that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key(…)")
    }
}

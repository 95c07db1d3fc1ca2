//! PostgreSQL for tests and measurements: found, or installed on Debian, run in a temporary folder, thrown away.
//!
//! Its settings are those that matter in production: every commit is on the disk before it is acknowledged.

use std::{
    env, fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::process;

/// Makes a cluster and runs its server until the script's own standard input ends, which happens however the program
/// that started it ends: no server and no folder stays behind a test that was killed.
/// `--no-sync` is for making it only: nothing is lost if an empty cluster does not survive a power cut.
const WATCHDOG: &str = r#"
programs=$1 folder=$2
cd "$folder" || exit 1
"$programs/initdb" --no-sync --no-locale --encoding=UTF8 --auth=trust --username=postgres \
    --pgdata="$folder/data" </dev/null >log 2>&1 || exit 1
"$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=64 \
    -c fsync=on -c synchronous_commit=on </dev/null >log 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
cd / && rm -rf "$folder"
"#;

/// A server of its own with its own data, listening on a socket in its folder; it ends with this value.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    watchdog: Child,
    databases: AtomicU32,
}

impl Cluster {
    /// Makes an empty cluster and starts it; takes a second or two.
    ///
    /// # Errors
    /// When PostgreSQL is missing and cannot be installed here, or does not start.
    pub fn start() -> Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let programs = ensure()?;
        let name = format!("oolong-postgres-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let cluster = serve(programs, &folder);
        if cluster.is_err() {
            // What went wrong is in the error; a folder that stays behind would be no help.
            let _ = fs::remove_dir_all(&folder);
        }
        cluster
    }

    /// The database that every cluster has, as `postgres://…`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn fresh_database(&self) -> Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql(&format!("CREATE DATABASE {name}"))?;
        Ok(self.url_of(&name))
    }

    /// Runs one statement in the database that every cluster has; returns rows without headings.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn psql(&self, statement: &str) -> Result<String> {
        self.psql_in(&self.url(), statement)
    }

    /// As [`Self::psql`], in the database at `url`; columns are separated by `|`.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn psql_in(&self, url: &str, statement: &str) -> Result<String> {
        process::output(
            Command::new(self.programs.join("psql"))
                .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname"])
                .arg(url)
                .args(["--command", statement]),
        )
    }

    /// The server's number, for tests that stop it the hard way.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn pid(&self) -> Result<u32> {
        let file = self.folder.join("data/postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        text.lines().next().and_then(|line| line.parse().ok()).context("postmaster.pid has no number")
    }

    fn url_of(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('%', "%25").replace('/', "%2F");
        format!("postgres://postgres@{folder}/{database}")
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        for _ in 0..300 {
            if self.psql("SELECT 1").is_ok() {
                return Ok(());
            }
            // The script ends at once when no cluster could be made.
            if self.watchdog.try_wait()?.is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL does not answer:\n{}", log.trim())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input tells the watchdog to stop the server and to remove the folder.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The folder of PostgreSQL's programs; `POSTGRES_BIN` overrides it.
#[must_use]
pub fn find() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("POSTGRES_BIN") {
        return Some(folder.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<_> = versions.flatten().map(|version| version.path().join("bin")).collect();
        versions.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
        folders.extend(versions);
    }
    folders.into_iter().find(|folder| ["postgres", "initdb", "psql"].iter().all(|name| folder.join(name).is_file()))
}

/// Finds the programs; where they are missing, installs them on Debian as root, or says how.
///
/// # Errors
/// When they are missing and cannot be installed here.
pub fn ensure() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if !Path::new("/etc/debian_version").exists() {
        bail!(
            "PostgreSQL is missing: install its server, or set POSTGRES_BIN to the folder of `postgres` and `initdb`"
        );
    }
    if !is_root()? {
        bail!(
            "PostgreSQL is missing: run `sudo apt-get update && sudo apt-get install -y postgresql`, then this again"
        );
    }
    println!("Installing PostgreSQL (about a minute) …");
    // Without a cluster of the package's own: nothing of it would be used.
    fs::create_dir_all("/etc/postgresql-common")?;
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.exists() {
        fs::write(settings, "create_main_cluster = false\n")?;
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::output(apt().args(["update", "--quiet"]))?;
    process::output(apt().args([
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "-o",
        "Dpkg::Options::=--force-confold",
        "postgresql",
    ]))?;
    find().context("PostgreSQL was installed but is not where it is looked for: set POSTGRES_BIN")
}

/// Whom to be instead of root, as which PostgreSQL does not run.
struct Account {
    user: u32,
    group: u32,
}

fn serve(programs: PathBuf, folder: &Path) -> Result<Cluster> {
    let mut shell = Command::new("sh");
    if is_root()? {
        let Account { user, group } = unprivileged()?;
        chown(folder, Some(user), Some(group))?;
        shell = Command::new("setpriv");
        shell.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]).arg("sh");
    }
    let watchdog = shell
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(&programs)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C in a terminal ends the program that started it, and by that this; not the server behind its back.
        .process_group(0)
        .spawn()
        .context("cannot start PostgreSQL through `sh`, as root through `setpriv`")?;
    let mut cluster = Cluster { programs, folder: folder.to_owned(), watchdog, databases: AtomicU32::new(0) };
    cluster.wait_until_ready()?;
    Ok(cluster)
}

fn unprivileged() -> Result<Account> {
    for name in ["postgres", "nobody"] {
        if let (Ok(user), Ok(group)) = (id("-u", Some(name)), id("-g", Some(name))) {
            return Ok(Account { user, group });
        }
    }
    bail!("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`: make one of them")
}

fn is_root() -> Result<bool> {
    Ok(id("-u", None)? == 0)
}

fn id(which: &str, name: Option<&str>) -> Result<u32> {
    let text = process::output(Command::new("id").arg(which).args(name))?;
    text.trim().parse().with_context(|| format!("`id` says {text:?}"))
}

/// `…/15/bin` → 15.
fn version(programs: &Path) -> u32 {
    let name = programs.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_keeps_databases_apart_and_leaves_nothing_behind() {
        let cluster = Cluster::start().expect("PostgreSQL is there or can be installed");
        assert_eq!(cluster.psql("SELECT 1").unwrap().trim(), "1");
        assert_eq!(cluster.psql("SHOW fsync").unwrap().trim(), "on");
        assert_eq!(cluster.psql("SHOW synchronous_commit").unwrap().trim(), "on");
        assert_ne!(cluster.fresh_database().unwrap(), cluster.fresh_database().unwrap());
        let (folder, pid) = (cluster.folder.clone(), cluster.pid().unwrap());
        drop(cluster);
        assert!(!folder.exists(), "{} is still there", folder.display());
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "the server still runs");
    }

    #[test]
    fn newer_versions_are_preferred_by_number() {
        assert!(version(Path::new("/usr/lib/postgresql/15/bin")) > version(Path::new("/usr/lib/postgresql/9/bin")));
    }
}

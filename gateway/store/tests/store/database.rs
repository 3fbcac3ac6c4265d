//! A fresh database of either kind for each test; one PostgreSQL cluster for the whole run, gone with the process.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use cordboard_store::{Instance, MasterKey, OpenError, Store};

/// The instance that [`Database::open_demo`] makes.
pub const DEMO: &str = "demo";
/// The time at which most things are made: 2026-11-22 00:00 UTC.
pub const NOW: i64 = 1_795_305_600_000;

/// An empty database and the key it is opened with.
pub struct Database {
    pub address: String,
    pub key: MasterKey,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("store.db").display().to_string();
        Some(Self { address, key: MasterKey::generate(), _folder: Some(folder) })
    }

    /// A database of its own in the run's cluster; none only when skipping was asked for.
    pub fn postgres() -> Option<Self> {
        let cluster = CLUSTER.as_ref()?;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(cluster.programs.join("createdb"))
            .args(["-h", &cluster.folder, "-U", "cordboard", &name])
            .status()
            .unwrap();
        assert!(made.success(), "createdb failed");
        let address = format!("postgres://cordboard@localhost/{name}?host={}", cluster.folder);
        Some(Self { address, key: MasterKey::generate(), _folder: None })
    }

    pub async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.address, &self.key).await
    }

    /// Opens it with an instance in it.
    pub async fn open_demo(&self) -> Store {
        let store = self.open().await;
        let instance = Instance {
            instance_id: DEMO.to_owned(),
            display_name: "Demo".to_owned(),
            description: String::new(),
            zone: "Asia/Shanghai".to_owned(),
            created_ms: NOW,
        };
        store.create_instance(&instance).await.unwrap();
        store
    }
}

/// Tells each story twice.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => { $(
        mod $story {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = crate::database::Database::sqlite().unwrap();
                super::$story(&database).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = crate::database::Database::postgres() else { return };
                super::$story(&database).await;
            }
        }
    )+ };
}
pub(crate) use on_both;

struct Cluster {
    programs: PathBuf,
    folder: String,
    /// Its standard input is the cluster's life: when this process ends, however, the shell stops the server.
    _shell: Child,
}

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(start_cluster);

const SCRIPT: &str = r#"
set -e
folder=$(mktemp -d /tmp/cordboard-postgres.XXXXXX)
trap 'cd /; "$1/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1; rm -rf "$folder"' EXIT
trap '' INT
cd "$folder"
"$1/initdb" -D data -U cordboard -A trust -E UTF8 --locale=C --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
"$1/pg_ctl" -D data -l server.log -s -w -t 60 \
    -o "-k $folder -c listen_addresses='' -c max_connections=300 -c fsync=off -c shared_buffers=16MB" start \
    || { cat server.log >&2; exit 1; }
echo "$folder"
cat >/dev/null
"#;

fn start_cluster() -> Option<Cluster> {
    if std::env::var_os("CORDBOARD_SKIP_POSTGRES").is_some_and(|v| v == "1") {
        println!("SKIPPED: tests on PostgreSQL (CORDBOARD_SKIP_POSTGRES=1)");
        return None;
    }
    let Some(programs) = find_programs() else {
        panic!(
            "PostgreSQL is not installed. Install it (Debian: apt-get install postgresql; macOS: brew install \
             postgresql), or set CORDBOARD_SKIP_POSTGRES=1 to test on SQLite alone."
        );
    };
    let mut command = as_somebody("/bin/sh");
    command.args(["-c", SCRIPT, "sh"]).arg(&programs).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut shell = command.spawn().unwrap();
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    let folder = folder.trim().to_owned();
    assert!(!folder.is_empty(), "the PostgreSQL cluster did not start; what it said is above");
    Some(Cluster { programs, folder, _shell: shell })
}

/// The folder of `initdb`: where Debian puts it, the newest first, or on the path.
fn find_programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort_by_key(|folder| std::cmp::Reverse(major_version(folder)));
    found
        .into_iter()
        .next()
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists()))
}

fn major_version(folder: &Path) -> u32 {
    folder.parent().and_then(Path::file_name).and_then(|v| v.to_str()).and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// PostgreSQL refuses to run as root, so root becomes somebody else first.
fn as_somebody(program: &str) -> Command {
    let id = |args: &[&str]| Command::new("id").args(args).stderr(Stdio::null()).output().unwrap();
    if id(&["-u"]).stdout != b"0\n" {
        return Command::new(program);
    }
    let user = if id(&["-u", "postgres"]).status.success() { "postgres" } else { "nobody" };
    let group = String::from_utf8(id(&["-g", user]).stdout).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", group.trim(), "--clear-groups", "--", program]);
    command
}

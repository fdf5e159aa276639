// Keeps the shell of Confer on a device: the files of one build, and the page for the time without network. They are
// put into the cache here, once, by name. Nothing else ever is, so a device keeps nothing about anybody.
// BUILD is written above by the server: the files, and a version that changes with them and with the page.

const CACHE = `confer-${BUILD.version}`;
const OFFLINE = "/offline";

self.addEventListener("install", (event) => {
  // No cookie goes along: the page is everybody's.
  const page = new Request(OFFLINE, { cache: "reload", credentials: "omit" });
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([...BUILD.files, page]))
      // A page that is open has all it needs, so nobody has to close it first.
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const drop = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  // Pages are asked for while this script is still starting.
  const preload = self.registration.navigationPreload?.enable();
  event.waitUntil(Promise.all([drop, preload]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (BUILD.files.includes(pathname)) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate" && !(pathname.startsWith("/chat") && search)) {
    // An address that may begin a conversation goes past us: the server must see which site sent the person there.
    event.respondWith(page(event));
  }
});

// The names hold a hash of what is in the files, so the one that is kept is the right one.
async function file(request) {
  return (await caches.match(request.url, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request);
}

// Always the server's answer, whatever it is; without one, the page that says so.
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE, { cacheName: CACHE, ignoreVary: true })) ?? Response.error();
  }
}

// What the distribution asks before it passes a request on: whether any function of ours could take it.
//
// A function takes an event of 6 MB. In it a body of text stands with a backslash before each quote, which makes the
// SDK's label rows longer by 13 %, so that a fifth is kept for it; any other body stands in base64, a third longer.

const MB = 1024 * 1024;
const MOST = { text: 5 * MB, other: 4.5 * MB };
const TEXT = ['text/', 'application/json', 'application/javascript', 'application/xml'];
const LEGACY = ['/public', '/public/user'];
const LARGER_ROWS = 'larger label rows through POST /v1/projects/{project_id}/label-rows/';

function handler(event) {
    const request = event.request;
    const most = isText(valueOf(request, 'content-type')) ? MOST.text : MOST.other;
    const bytes = Number(valueOf(request, 'content-length'));
    if (!(bytes > most)) return request;
    console.log(JSON.stringify({ method: request.method, path: loggable(request.uri), status: 413, bytes: bytes }));
    const told = 'At most ' + most / MB + ' MB a request; ';
    return refused(LEGACY.includes(request.uri) ? inEnvelope(told) : plainly(told));
}

function valueOf(request, name) {
    return request.headers[name] ? request.headers[name].value : '';
}

function isText(kind) {
    return TEXT.some((beginning) => kind.toLowerCase().startsWith(beginning));
}

// The SDK's legacy URLs: one row is sent, whose hash the SDK knows.
function inEnvelope(told) {
    const message = told + 'save ' + LARGER_ROWS + '{label_hash}/uploads.';
    return { status: 413, response: ['INVALID_ARGUMENTS_ERROR'], payload: message, message: message };
}

function plainly(told) {
    const manifests = 'send larger manifests through POST /v1/folders/{folder_id}/manifests, ';
    return { message: told + manifests + LARGER_ROWS + '{row_id}/uploads.', errors: [] };
}

// Any page may read this, since it says nothing of anybody; the gateway would have named the origins for the rest.
function refused(body) {
    return {
        statusCode: 413,
        statusDescription: 'Content Too Large',
        headers: {
            'content-type': { value: 'application/json' },
            'cache-control': { value: 'no-store' },
            'access-control-allow-origin': { value: '*' },
        },
        body: { encoding: 'text', data: JSON.stringify(body) },
    };
}

// People's addresses and tokens belong into no log.
function loggable(path) {
    const bare = path.replace(/^(\/v2\/public\/answers\/).+/, '$1{token}');
    return bare.split('/').map((part) => (/@|%40/.test(part) ? '{email}' : part)).join('/');
}

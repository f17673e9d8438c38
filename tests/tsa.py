# SPDX-License-Identifier: EUPL-1.2
# A time-stamp authority and OCSP responder on the loopback for tests: HTTP around `openssl ts` and `openssl ocsp`. tsa.py FOLDER: answers by
# FOLDER/tsa.cnf (section t) and FOLDER/ocsp.idx, root.pem, root.key; writes its port to FOLDER/port. /slow, /garbage, /refuse misbehave.
import http.server, os, subprocess, sys, tempfile

folder = sys.argv[1]


def answer(kind, query):
    with tempfile.TemporaryDirectory() as d:
        open(f'{d}/q', 'wb').write(query)
        if kind == 'application/timestamp-query':
            command = ['openssl', 'ts', '-reply', '-config', f'{folder}/tsa.cnf', '-section', 't', '-queryfile', f'{d}/q', '-out', f'{d}/r']
        else:
            command = ['openssl', 'ocsp', '-index', f'{folder}/ocsp.idx', '-CA', f'{folder}/root.pem', '-rsigner', f'{folder}/root.pem',
                       '-rkey', f'{folder}/root.key', '-reqin', f'{d}/q', '-respout', f'{d}/r', '-ndays', '30']
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return open(f'{d}/r', 'rb').read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = self.rfile.read(int(self.headers['Content-Length']))
        kind = self.headers['Content-Type']
        open(f'{folder}/asked', 'ab').write(query)
        if self.path == '/refuse':
            self.send_error(500)
            return
        body = b'no answer at all' if self.path == '/garbage' else answer(kind, query)
        self.send_response(200)
        self.send_header('Content-Type', 'text/html' if self.path == '/html' else kind.replace('query', 'reply').replace('request', 'response'))
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
open(f'{folder}/port.new', 'w').write(str(server.server_port))
os.rename(f'{folder}/port.new', f'{folder}/port')
server.serve_forever()

package download

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/pkg/errors"
)

// mostRedirects is how many redirects a request follows, as many as net/http does.
const mostRedirects = 10

// connection returns the HTTP client of one call of Get, and what ends it. It is c.HTTP with three rules more: what was
// asked for over https is never sent over http, a loop of redirects ends at once, and what a proxy answers to CONNECT is
// told from what a server answers.
func (c *Client) connection() (client *http.Client, end func()) {
	own := http.Client{}
	if c.HTTP != nil {
		own = *c.HTTP
	}
	further := own.CheckRedirect
	own.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if from := via[len(via)-1].URL; from.Scheme == "https" && req.URL.Scheme != "https" {
			return permanent{errors.Errorf("%s redirects to %s, where nothing proves who answers", from.Host, place(req.URL))}
		}
		if len(via) >= mostRedirects {
			return permanent{errors.Errorf("more than %d redirects, the last to %s", mostRedirects, place(req.URL))}
		}
		if further == nil {
			return nil
		}
		err := further(req, via)
		if err == nil || err == http.ErrUseLastResponse {
			return err
		}
		return permanent{err}
	}
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	shared, ok := own.Transport.(*http.Transport)
	if !ok {
		return &own, func() {}
	}
	transport := shared.Clone()
	if transport.OnProxyConnectResponse == nil {
		transport.OnProxyConnectResponse = proxyAnswer
	}
	own.Transport = transport
	return &own, transport.CloseIdleConnections
}

// place is a URL for an error: short, and without what may be secret in it.
func place(u *url.URL) string {
	s := u.Scheme + "://" + u.Host + u.EscapedPath()
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// proxyAnswer says what a proxy answered that does not connect.
func proxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	err := errors.Errorf("the proxy %s answers %s", proxy.Host, status(resp))
	if busy(resp.StatusCode) {
		return later{err, retryAfter(resp.Header.Get("Retry-After"))}
	}
	return permanent{err}
}

// connectionError says why there is no answer. Only what broke off on a connection that stood is tried again: no pause
// mends an unknown host, a host or proxy that takes no connection, a certificate that is not right, or an answer that is
// not HTTP.
func connectionError(err error) error {
	var never permanent
	var refused later
	var dns *net.DNSError
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &never):
		return never
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &dns):
		return permanent{errors.Errorf("%s was not found; is there a connection to the net?", dns.Name)}
	case errors.As(err, &op) && op.Op == "dial":
		return permanent{errors.Errorf("no connection: %v", op.Err)}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return permanent{errors.Errorf("no connection to the proxy: %v", op.Err)}
	case errors.As(err, &certificate):
		return permanent{errors.WithStack(certificate)}
	}
	// The URL is in the error of Get.
	var request *url.Error
	reason := err
	if errors.As(err, &request) {
		reason = request.Err
	}
	// net/http has no types for these: a connection of HTTP/2 that fails, and one that the server closes as it is used.
	text := oneLine(reason)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &op) ||
		errors.As(err, &timeout) && timeout.Timeout() || strings.HasPrefix(text, "http2: ") || strings.Contains(text, "server closed") {
		return errors.Errorf("the connection broke off: %s", text)
	}
	return permanent{errors.Errorf("no answer that can be used: %s", text)}
}

"""Certificates for tests, made by openssl: an authority, and who it has issued one to."""

import subprocess


class Authority:
    """Issues certificates in a folder. Each is a pair of PEM files, NAME.crt and NAME.key."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                      f"/CN={name}", "-keyout", self._path(f"{name}.key"), "-out",
                      self.certificate)

    @property
    def certificate(self):
        return self._path(f"{self.name}.crt")

    def issue(self, name):
        """For a server on this machine, or a client; (certificate, key)."""
        request, extensions = self._path(f"{name}.csr"), self._path(f"{name}.ext")
        certificate, key = self._path(f"{name}.crt"), self._path(f"{name}.key")
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", encoding="utf-8")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
                      key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-days", "2", "-CA", self.certificate,
                      "-CAkey", self._path(f"{self.name}.key"), "-CAcreateserial", "-extfile",
                      extensions, "-out", certificate)
        return certificate, key

    def _path(self, name):
        return self.folder / name

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

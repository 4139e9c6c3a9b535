;;; drive.el --- Drives eglot against Camus -*- lexical-binding: t -*-

;; Batch Emacs with eglot's own commands; prints what came of it as one line of JSON.
;; CAMUS_COMMAND is the server's command as JSON, CAMUS_FILE the file to open.

(require 'package)
(package-initialize)
(require 'eglot)
(require 'json)
(require 'python)

(setq eglot-confirm-server-initiated-edits nil
      eglot-sync-connect 20
      eglot-autoshutdown nil
      make-backup-files nil)

(defun camus-wait (done)
  "Wait until DONE answers something; an error after eight seconds."
  (with-timeout (8 (error "Waited in vain"))
    (while (not (funcall done))
      (accept-process-output nil 0.02))))

(defun camus-choose (words)
  "Ask for the code actions at point and choose the one that begins with WORDS.
Answers the titles offered."
  (let ((last-nonmenu-event t) titles) ; as if the keyboard had asked, not the mouse
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt choices &rest _)
                 (setq titles (mapcar (lambda (each) (if (consp each) (car each) each))
                                      choices))
                 (seq-find (lambda (title) (string-prefix-p words title)) titles))))
      (eglot-code-actions (point) nil nil t))
    titles))

(let* ((command (append (json-parse-string (getenv "CAMUS_COMMAND")) nil))
       (buffer (find-file-noselect (getenv "CAMUS_FILE")))
       (eglot-server-programs (list (cons 'python-mode command))))
  (with-current-buffer buffer
    (python-mode)
    (buffer-enable-undo)
    (apply #'eglot (eglot--guess-contact))
    (let ((before (buffer-string)) titles after undone hover)
      (goto-char (+ (point-min) 4))
      (setq hover (jsonrpc-request (eglot-current-server) :textDocument/hover
                                   (eglot--TextDocumentPositionParams)))
      (undo-boundary)
      (setq titles (camus-choose "Document"))
      (camus-wait (lambda () (not (equal before (buffer-string)))))
      (setq after (buffer-string))
      (undo-boundary)
      (let ((inhibit-message t)) (undo-only))
      (setq undone (buffer-string))
      (eglot-shutdown (eglot-current-server))
      (set-buffer-modified-p nil)
      (princ (json-serialize
              (list :emacs emacs-version :titles (vconcat titles) :before before :after after
                    :undone undone :hover (format "%S" hover)))
             #'external-debugging-output))))
;;; drive.el ends here
